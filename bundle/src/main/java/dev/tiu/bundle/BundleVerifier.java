package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.BlockMismatchException;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;

/** Checks every byte of a bundle, in the order of its parts. */
final class BundleVerifier {
  private static final int PIECE = 1 << 20;

  private final Bundle bundle;
  private final Manifest manifest;
  private final ByteSource source;
  private final BlockReader raw;
  private final int threads;
  private final Progress progress;

  BundleVerifier(
      Bundle bundle, ByteSource source, BlockReader raw, int threads, Progress progress) {
    this.bundle = bundle;
    this.manifest = bundle.manifest();
    this.source = source;
    this.raw = raw;
    this.threads = threads;
    this.progress = progress;
  }

  void verify() throws IOException {
    verifyTree();
    verifyPadding();
    verifyContent();
  }

  /**
   * Builds the tree anew, which reads each block once, and compares it byte for byte; so blocks of
   * it that no data needs and its padding are checked too.
   */
  private void verifyTree() throws IOException {
    Manifest.Verity verity = manifest.verity();
    long size = manifest.image().size();
    AtomicLong done = new AtomicLong();
    BlockReader counted =
        (offset, dst) -> {
          int length = dst.remaining();
          raw.read(offset, dst);
          progress.at(Progress.Stage.HASH_TREE, done.addAndGet(length), size);
        };
    HashTree tree =
        HashTree.build(counted, size, verity.parameters().salt(), verity.uuid(), threads);
    if (!Arrays.equals(tree.rootHash(), verity.rootHashBytes())) {
      throw firstDamage(tree);
    }
    tree.writeTo(new ComparingChannel(verity.treeOffset()));
  }

  /** The slow way, block after block, to say where it is. */
  private BundleException firstDamage(HashTree tree) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    long size = manifest.image().size();
    for (long offset = 0; offset < size; offset += PIECE) {
      try {
        bundle
            .verifiedBlocks()
            .read(offset, piece.clear().limit((int) Math.min(PIECE, size - offset)));
      } catch (BlockMismatchException e) {
        return ImageReader.located(source.name(), manifest, e);
      }
    }
    return new BundleException(
        source.name(),
        Part.IMAGE,
        0,
        "its root hash is "
            + Digests.hex(tree.rootHash())
            + ", signed is "
            + manifest.verity().rootHash()
            + "; it changes while it is read");
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

  /** Compares what is written to it with what the bundle has. */
  private final class ComparingChannel implements WritableByteChannel {
    private final byte[] found = new byte[1 << 16];
    private long offset;

    ComparingChannel(long offset) {
      this.offset = offset;
    }

    @Override
    public int write(ByteBuffer expected) throws IOException {
      int length = Math.min(expected.remaining(), found.length);
      ByteBuffer there = ByteBuffer.wrap(found, 0, length);
      source.read(offset, there);
      int difference = there.flip().mismatch(expected.slice().limit(length));
      if (difference >= 0) {
        long at = offset + difference;
        throw new BundleException(
            source.name(),
            Part.HASH_TREE,
            at - at % VerityParameters.BLOCK_SIZE,
            "the block differs from the tree that belongs to the image, first at offset " + at);
      }
      expected.position(expected.position() + length);
      offset += length;
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
