package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.Compressor;
import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Superblock;
import dev.tiu.verity.BlockMismatchException;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import dev.tiu.verity.VerifiedBlocks;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The image's bytes, verified; a failure names the bundle and the offset in it. */
final class ImageReader implements BlockReader {
  private final ByteSource source;
  private final Manifest manifest;
  private final boolean skeleton;
  private final long heapBytes;
  private final VerifiedBlocks blocks;

  /** What a skeleton has of the image; empty until that is known, and for whole bundles. */
  private volatile List<ByteRange> present = List.of();

  /**
   * Reads nothing yet.
   *
   * @param heapBytes what the tree may take a share of
   */
  ImageReader(ByteSource source, Manifest manifest, boolean skeleton, long heapBytes) {
    this.source = source;
    this.heapBytes = heapBytes;
    this.manifest = manifest;
    this.skeleton = skeleton;
    long treeOffset = manifest.verity().treeOffset();
    this.blocks =
        new VerifiedBlocks(
            source,
            (offset, dst) -> source.read(treeOffset + offset, dst),
            manifest.verity().parameters(),
            manifest.verity().rootHashBytes());
  }

  VerifiedBlocks blocks() {
    return blocks;
  }

  /** The same bytes without verification, for whoever verifies them in another way. */
  BlockReader raw() {
    return source;
  }

  SquashfsImage open() throws IOException {
    Manifest.Image expected = manifest.image();
    SquashfsImage.Limits limits = limits(expected.inodes(), heapBytes);
    checkHeap(expected.inodes(), limits);
    SquashfsImage image;
    try {
      image = SquashfsImage.open(this, expected.size(), limits);
    } catch (SquashfsException e) {
      throw new BundleException(source.name(), Part.IMAGE, 0, e);
    }
    Superblock found = image.superblock();
    check("inodes", expected.inodes(), found.inodes());
    check("bytesUsed", expected.bytesUsed(), found.bytesUsed());
    check("blockSize", expected.blockSize(), found.blockSize());
    check("compression", expected.compression(), name(found.compressor()));
    if (skeleton) {
      present = metadataBlocks(image);
    }
    return image;
  }

  /** What a heap of this size can bear, with no more inodes than the content table is for. */
  static SquashfsImage.Limits limits(int inodes, long heapBytes) {
    return SquashfsImage.Limits.forHeap(heapBytes).withMaxInodes(inodes);
  }

  /** Said before anything is read, as the heap is what a person can change. */
  private void checkHeap(int inodes, SquashfsImage.Limits limits) throws BundleException {
    if (inodes > limits.maxInodes()) {
      // A little more than is needed: collectors keep a part of what -Xmx says for themselves.
      throw new BundleException(
          source.name(),
          Part.IMAGE,
          0,
          inodes
              + " inodes, but a Java heap of "
              + (heapBytes >> 20)
              + " MiB is enough for "
              + limits.maxInodes()
              + " only: give Java more, for example with JAVA_TOOL_OPTIONS=-Xmx"
              + (inodes / 900 + 1)
              + "m");
    }
  }

  /** As the manifest and mksquashfs name it. */
  static String name(Compressor compressor) {
    return compressor.name().toLowerCase(Locale.ROOT);
  }

  private void check(String what, Object expected, Object found) throws BundleException {
    if (!expected.equals(found)) {
      throw new BundleException(
          source.name(),
          Part.IMAGE,
          0,
          "the manifest's " + what + " is " + expected + ", the squashfs has " + found);
    }
  }

  /** The 4096-byte blocks of an image that have anything but file data. */
  static List<ByteRange> metadataBlocks(SquashfsImage image) {
    List<ByteRange> blocks = new ArrayList<>();
    for (ByteRange range : image.metadataRanges()) {
      long start = range.offset() - range.offset() % VerityParameters.BLOCK_SIZE;
      long end = range.end() + (-range.end() & (VerityParameters.BLOCK_SIZE - 1));
      blocks.add(ByteRange.between(start, end));
    }
    return ByteRange.coalesce(blocks);
  }

  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    List<ByteRange> kept = present;
    long end = offset + dst.remaining();
    if (!kept.isEmpty()
        && kept.stream().noneMatch(range -> range.offset() <= offset && end <= range.end())) {
      throw new SkeletonException(source.name(), offset);
    }
    try {
      blocks.read(offset, dst);
    } catch (BlockMismatchException e) {
      throw located(source.name(), manifest, e);
    }
  }

  /** The same failure with the bundle's name, and its offset from the bundle's start. */
  static BundleException located(String name, Manifest manifest, BlockMismatchException e) {
    return e.level() == 0
        ? new BundleException(name, Part.IMAGE, e.offset(), e)
        : new BundleException(name, Part.HASH_TREE, manifest.verity().treeOffset() + e.offset(), e);
  }
}
