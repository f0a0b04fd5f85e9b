package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Superblock;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.CmsSignature;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.Signer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes a bundle of an image whatever it holds, as someone who has a key and means harm can. */
final class Seal {
  private final Signer signer;

  Seal(Signer signer) {
    this.signer = signer;
  }

  /**
   * Seals an image that at least opens.
   *
   * @throws IOException if it doesn't
   */
  byte[] seal(byte[] image) throws IOException {
    byte[] padded = Arrays.copyOf(image, Math.max(4096, (image.length + 4095) & ~4095));
    Superblock superblock;
    byte[] table;
    try (SquashfsImage squashfs =
        SquashfsImage.open(
            BlockReader.of(padded), padded.length, SquashfsImage.Limits.forHeap(4 << 20))) {
      superblock = squashfs.superblock();
      table = contentTable(squashfs);
    }
    HashTree tree =
        HashTree.build(BlockReader.of(padded), padded.length, new byte[0], new UUID(0, 0), 1);
    Manifest manifest = manifest(superblock, padded.length, tree, table);
    byte[] cms = CmsSignature.sign(manifest.toJson(), List.of(signer), BundleKit.NOW);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(padded);
    tree.writeTo(Channels.newChannel(out));
    out.writeBytes(table);
    out.writeBytes(cms);
    out.writeBytes(new Trailer(manifest.cmsOffset(), cms.length).toBytes());
    return out.toByteArray();
  }

  /** The right one, if the image can be read, and not too much of it unpacks. */
  private static byte[] contentTable(SquashfsImage image) {
    byte[] table = new byte[image.superblock().inodes() * ContentTable.ENTRY];
    try {
      Tree tree = image.readTree();
      if (BundleFuzzTest.isModest(tree)) {
        ContentDigests.compute(
            image,
            tree,
            1,
            Progress.NONE,
            (file, path, digest) ->
                System.arraycopy(digest, 0, table, (file.number() - 1) * 32, digest.length));
      }
    } catch (IOException e) {
      // Then whoever opens the bundle must find the same.
    }
    return table;
  }

  private static Manifest manifest(
      Superblock superblock, int size, HashTree tree, byte[] contentTable) {
    Manifest sample = ManifestTest.manifest();
    long treeSize = tree.sizeOnDisk();
    return new Manifest(
        sample.format(),
        sample.compatible(),
        sample.version(),
        sample.minVersion(),
        sample.architecture(),
        sample.created(),
        sample.expires(),
        sample.osRelease(),
        new Manifest.Image(
            size,
            Math.min(size, Math.max(size - 4095, superblock.bytesUsed())),
            0,
            superblock.inodes(),
            ImageReader.name(superblock.compressor()),
            superblock.blockSize()),
        new Manifest.Verity(
            1,
            "sha256",
            4096,
            4096,
            size / 4096,
            "",
            HexFormat.of().formatHex(tree.rootHash()),
            size,
            treeSize,
            new UUID(0, 0)),
        new Manifest.Table(
            size + treeSize, contentTable.length, Digests.hex(Digests.sha256(contentTable))),
        Optional.empty(),
        sample.imageOwned(),
        sample.etcPolicies(),
        sample.boot());
  }
}
