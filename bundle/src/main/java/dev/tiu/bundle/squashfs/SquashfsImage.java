package dev.tiu.bundle.squashfs;

import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.RandomAccess;

/**
 * A squashfs 4.0 image: its tree, and the content of its files.
 *
 * <p>Whatever the image says is distrusted: an image that isn't sound gives a {@link
 * SquashfsException}, and nothing else, in time and memory that {@link Limits} bound. The format is
 * that of {@code fs/squashfs/squashfs_fs.h} in the Linux kernel; all its numbers are little-endian.
 * For several threads at once.
 */
public final class SquashfsImage implements AutoCloseable {
  private static final int COMPARED_AT_ONCE = 128 << 10;

  private final BlockReader image;
  private final Superblock superblock;
  private final long dataStart;
  private final Limits limits;
  private final BlockData data;
  private Optional<Tree> tree = Optional.empty();

  /**
   * What an image may ask for; more is refused before it is read.
   *
   * @param maxInodes how many inodes
   * @param maxMetadataBytes unpacked metadata of all kinds; at most 1 GiB
   * @param maxEntries how many paths, hard links included
   * @param maxPathLength bytes of one path
   * @param maxPathBytes bytes of all paths together
   * @param maxDepth directories below each other
   * @param maxSymlinkLength bytes of a link's target
   * @param maxXattrsPerInode how many extended attributes an inode has
   * @param maxXattrs how many there are in all different sets
   */
  public record Limits(
      int maxInodes,
      int maxMetadataBytes,
      int maxEntries,
      int maxPathLength,
      long maxPathBytes,
      int maxDepth,
      int maxSymlinkLength,
      int maxXattrsPerInode,
      int maxXattrs) {

    /** A million inodes: several times the largest distribution's root. */
    public static final Limits DEFAULT =
        new Limits(1_000_000, 128 << 20, 2_000_000, 4095, 256L << 20, 512, 4095, 1024, 1_000_000);

    /**
     * The default, or as much less as a heap of this size needs, so that no image exhausts it. A
     * tree takes about 500 bytes for each path; 128 MiB are enough for 100,000.
     */
    public static Limits forHeap(long heapBytes) {
      int count = (int) Math.max(1, Math.min(Integer.MAX_VALUE - 1, heapBytes / 1024));
      long share = Math.max(1, heapBytes / 8);
      return new Limits(
          Math.min(DEFAULT.maxInodes, count),
          (int) Math.min(DEFAULT.maxMetadataBytes, share),
          Math.min(DEFAULT.maxEntries, count),
          DEFAULT.maxPathLength,
          Math.min(DEFAULT.maxPathBytes, share),
          DEFAULT.maxDepth,
          DEFAULT.maxSymlinkLength,
          DEFAULT.maxXattrsPerInode,
          Math.min(DEFAULT.maxXattrs, count));
    }

    /** These limits, but at most that many inodes. */
    public Limits withMaxInodes(int inodes) {
      return new Limits(
          Math.min(maxInodes, inodes),
          maxMetadataBytes,
          maxEntries,
          maxPathLength,
          maxPathBytes,
          maxDepth,
          maxSymlinkLength,
          maxXattrsPerInode,
          maxXattrs);
    }

    public Limits {
      boolean positive =
          maxInodes > 0
              && maxMetadataBytes > 0
              && maxEntries > 0
              && maxPathLength > 0
              && maxPathBytes > 0
              && maxDepth > 0
              && maxSymlinkLength > 0
              && maxXattrsPerInode >= 0
              && maxXattrs >= 0;
      if (!positive || maxMetadataBytes > 1 << 30 || maxInodes == Integer.MAX_VALUE) {
        throw new IllegalArgumentException("limit out of range");
      }
    }
  }

  private SquashfsImage(BlockReader image, Superblock superblock, long dataStart, Limits limits) {
    this.image = image;
    this.superblock = superblock;
    this.dataStart = dataStart;
    this.limits = limits;
    this.data = new BlockData(image, superblock);
  }

  /**
   * Reads and checks the superblock and the compressor's options; nothing else yet.
   *
   * @param image where the bytes come from; verified, if that matters
   * @param size how many bytes of image there are, padding included
   * @throws SquashfsException if this is no squashfs that can be read
   */
  public static SquashfsImage open(BlockReader image, long size, Limits limits) throws IOException {
    if (size < Superblock.SIZE) {
      throw new SquashfsException(
          "superblock", 0, "there are only " + size + " bytes of image, too few for a superblock");
    }
    byte[] bytes = new byte[Superblock.SIZE];
    image.read(0, ByteBuffer.wrap(bytes));
    Superblock superblock = Superblock.parse(bytes, size, limits);
    long dataStart = CompressorOptions.check(image, superblock);
    return new SquashfsImage(image, superblock, dataStart, limits);
  }

  /** The image's superblock. */
  public Superblock superblock() {
    return superblock;
  }

  /**
   * The whole tree: read in one go, and checked, when first asked for; then the same one.
   *
   * @throws SquashfsException if the metadata isn't sound
   */
  public synchronized Tree readTree() throws IOException {
    if (tree.isEmpty()) {
      Tables tables = Tables.read(image, superblock, dataStart, limits);
      InodeTable inodes = new InodeTable(tables, superblock, dataStart, limits);
      tree = Optional.of(new TreeReader(tables, inodes, limits).read(superblock.rootInode()));
    }
    return tree.get();
  }

  /** The root directory; as {@link #readTree}. */
  public Inode.Directory root() throws IOException {
    return readTree().root();
  }

  /** The entries of a directory in byte order; as {@link #readTree}. */
  public List<Child> list(Inode.Directory directory) throws IOException {
    return readTree().list(directory);
  }

  /** The blocks of a file's content, in order; made as they are asked for. */
  public List<DataBlock> blocks(Inode.RegularFile file) {
    return new Blocks(file.blocks());
  }

  /**
   * Reads a block of a file: {@link DataBlock#size} bytes to {@code dst}, whose position moves by
   * that many.
   *
   * @param dst with at least that much room; direct is fastest
   * @throws SquashfsException if the block doesn't unpack to exactly that many bytes
   * @throws IndexOutOfBoundsException if the file has no such block
   */
  public void read(Inode.RegularFile file, int block, ByteBuffer dst) throws IOException {
    read(blocks(file).get(block), dst);
  }

  /** Reads a block that {@link #blocks} of this image gave; as the other {@code read}. */
  public void read(DataBlock block, ByteBuffer dst) throws IOException {
    data.read(block, dst);
  }

  /**
   * What must be kept of an image so that its tree can be read without any file's data: the
   * superblock with the compressor's options, and all from the inode table to the end. The tables
   * of fragments, exports, ids and extended attributes lie there too: {@link #readTree} refuses an
   * image where they don't.
   */
  public List<ByteRange> metadataRanges() {
    return List.of(
        new ByteRange(0, dataStart),
        new ByteRange(superblock.inodeTable(), superblock.bytesUsed() - superblock.inodeTable()));
  }

  /**
   * Whether the other image has the same tree, byte for byte: the same metadata at the same place.
   * Only the time at which it was made may differ. Reads metadata, of both, up to a difference.
   */
  public boolean hasSameTree(SquashfsImage other) throws IOException {
    if (dataStart != other.dataStart || !superblock.at(0).equals(other.superblock.at(0))) {
      return false;
    }
    ByteBuffer ours = ByteBuffer.allocate(COMPARED_AT_ONCE);
    ByteBuffer theirs = ByteBuffer.allocate(COMPARED_AT_ONCE);
    for (long at = superblock.inodeTable(); at < superblock.bytesUsed(); at += ours.limit()) {
      int length = (int) Math.min(COMPARED_AT_ONCE, superblock.bytesUsed() - at);
      image.read(at, ours.clear().limit(length));
      other.image.read(at, theirs.clear().limit(length));
      if (!ours.flip().equals(theirs.flip())) {
        return false;
      }
    }
    return true;
  }

  /** Gives back the memory that decompressors hold; reading data after this gets new ones. */
  @Override
  public void close() {
    data.close();
  }

  /** A view, so that a file of a terabyte doesn't become a list of millions of objects. */
  private static final class Blocks extends AbstractList<DataBlock> implements RandomAccess {
    private final BlockList blocks;

    Blocks(BlockList blocks) {
      this.blocks = blocks;
    }

    @Override
    public DataBlock get(int index) {
      Objects.checkIndex(index, blocks.count());
      return blocks.get(index);
    }

    @Override
    public int size() {
      return blocks.count();
    }
  }
}
