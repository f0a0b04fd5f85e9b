package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/** Checks every byte of a bundle, in the order of its parts. */
final class BundleVerifier {
  private final Bundle bundle;
  private final Manifest manifest;
  private final ByteSource source;
  private final int threads;
  private final Progress progress;

  BundleVerifier(Bundle bundle, ByteSource source, int threads, Progress progress) {
    this.bundle = bundle;
    this.manifest = bundle.manifest();
    this.source = source;
    this.threads = threads;
    this.progress = progress;
  }

  void verify() throws IOException {
    new HashTreeVerifier(source, Part.IMAGE, manifest.verity(), bundle.imageBytes(), progress)
        .verify(threads);
    verifyPadding();
    verifyContent();
  }

  private void verifyPadding() throws IOException {
    long start = manifest.image().bytesUsed();
    int length = (int) (manifest.image().size() - start);
    byte[] padding = new byte[length];
    bundle.imageBytes().read(start, ByteBuffer.wrap(padding));
    if (!Arrays.equals(padding, new byte[length])) {
      throw new BundleException(
          source.name(), Part.IMAGE, start, "the padding after the squashfs isn't zeros");
    }
  }

  private void verifyContent() throws IOException {
    ContentTable table = bundle.contentTable();
    BitSet files = new BitSet(table.inodes() + 1);
    for (Inode inode : bundle.tree().entries().values()) {
      files.set(inode.number(), inode instanceof Inode.RegularFile);
    }
    byte[] zeros = new byte[ContentTable.ENTRY];
    for (int inode = 1; inode <= table.inodes(); inode++) {
      if (!files.get(inode) && !table.matches(inode, zeros)) {
        throw failure(inode, "has a digest for inode " + inode + ", which is no file");
      }
    }
    ContentDigests.compute(
        bundle.image(),
        bundle.tree(),
        threads,
        progress,
        (file, path, digest) -> verifyFile(table, file, path, digest));
  }

  private void verifyFile(ContentTable table, Inode.RegularFile file, BytePath path, byte[] digest)
      throws BundleException {
    if (!table.matches(file.number(), digest)) {
      throw failure(
          file.number(),
          "the content of "
              + path
              + " has the digest "
              + Digests.hex(digest)
              + ", the table says "
              + Digests.hex(table.digest(file.number())));
    }
  }

  private BundleException failure(int inode, String problem) {
    long entry = manifest.contentTable().offset() + (inode - 1L) * ContentTable.ENTRY;
    return new BundleException(source.name(), Part.CONTENT_TABLE, entry, problem);
  }
}
