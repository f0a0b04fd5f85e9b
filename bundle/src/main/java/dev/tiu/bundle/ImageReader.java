package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.Compressor;
import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Superblock;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import dev.tiu.verity.VerifiedBlocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;

/** The image's bytes, verified; a failure names the bundle and the offset in it. */
final class ImageReader implements BlockReader {
  private final ByteSource source;
  private final Manifest manifest;
  private final boolean skeleton;
  private final long heapBytes;
  private final VerifiedPart part;

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
    this.part = new VerifiedPart(source, Part.IMAGE, manifest.verity());
  }

  VerifiedBlocks blocks() {
    return part.blocks();
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
    return ByteRange.coalesce(image.metadataRanges().stream().map(VerifiedPart::rounded).toList());
  }

  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    List<ByteRange> kept = present;
    long end = offset + dst.remaining();
    if (!kept.isEmpty()
        && kept.stream().noneMatch(range -> range.offset() <= offset && end <= range.end())) {
      throw new SkeletonException(source.name(), offset);
    }
    part.read(offset, dst);
  }

  /**
   * Gets the hash blocks for these parts of the image now, and has their data fetched ahead.
   *
   * @param imageRanges of which whole blocks will be read, within the image
   */
  void expect(List<ByteRange> imageRanges) throws IOException {
    part.expect(imageRanges);
  }
}
