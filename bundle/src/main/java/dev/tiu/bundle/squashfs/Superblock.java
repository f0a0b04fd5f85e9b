package dev.tiu.bundle.squashfs;

/**
 * The first 96 bytes of an image, as read; {@code struct squashfs_super_block} of the Linux kernel.
 *
 * <p>Positions are in bytes from the start of the image.
 *
 * @param inodes how many inodes there are; their numbers go from 1 to this
 * @param mkfsTime when the image was made, in seconds since 1970
 * @param blockSize of unpacked data blocks, in bytes: a power of two from 4 KiB to 1 MiB
 * @param fragments how many fragment blocks there are
 * @param flags the bits named {@code FLAG_} here, and others that only say how the image was made
 * @param ids how many different user and group ids there are
 * @param rootInode where the root's inode lies in the inode table: its block times 65536, plus its
 *     position in the block
 * @param bytesUsed length of the image without padding
 * @param xattrTable {@link #ABSENT} in an image without extended attributes
 * @param exportTable {@link #ABSENT} in an image that can't be exported by NFS
 */
public record Superblock(
    int inodes,
    long mkfsTime,
    int blockSize,
    long fragments,
    Compressor compressor,
    int flags,
    int ids,
    long rootInode,
    long bytesUsed,
    long idTable,
    long xattrTable,
    long inodeTable,
    long directoryTable,
    long fragmentTable,
    long exportTable) {

  /** Position of a table that the image doesn't have. */
  public static final long ABSENT = -1;

  /** The compressor's options follow the superblock. */
  public static final int FLAG_COMPRESSOR_OPTIONS = 1 << 10;

  static final int SIZE = 96;
  private static final String NAME = "superblock";
  private static final int MAGIC = 0x73717368;
  // Bit 2 belonged to squashfs 3; bits from 12 on mean nothing yet.
  private static final int KNOWN_FLAGS = 0x0ffb;
  private static final int MIN_BLOCK_LOG = 12;
  private static final int MAX_BLOCK_LOG = 20;

  /** The superblock of the same image, made at another time. */
  Superblock at(long time) {
    return new Superblock(
        inodes,
        time,
        blockSize,
        fragments,
        compressor,
        flags,
        ids,
        rootInode,
        bytesUsed,
        idTable,
        xattrTable,
        inodeTable,
        directoryTable,
        fragmentTable,
        exportTable);
  }

  /** Whether the image has a table of extended attributes. */
  public boolean hasXattrs() {
    return xattrTable != ABSENT;
  }

  /** Whether the image has a table from inode numbers to inodes. */
  public boolean hasExportTable() {
    return exportTable != ABSENT;
  }

  /**
   * Reads and checks a superblock.
   *
   * @param bytes at least {@link #SIZE} bytes
   * @param imageSize how many bytes of image there are, padding included
   */
  static Superblock parse(byte[] bytes, long imageSize, SquashfsImage.Limits limits)
      throws SquashfsException {
    check(
        LittleEndian.i32(bytes, 0) == MAGIC,
        0,
        () -> String.format("magic is %08x, expected %08x", LittleEndian.i32(bytes, 0), MAGIC));
    int major = LittleEndian.u16(bytes, 28);
    int minor = LittleEndian.u16(bytes, 30);
    check(
        major == 4 && minor == 0, 28, () -> "version is " + major + "." + minor + ", expected 4.0");
    Superblock parsed =
        new Superblock(
            inodeCount(bytes, limits),
            LittleEndian.u32(bytes, 8),
            blockSize(bytes),
            LittleEndian.u32(bytes, 16),
            Compressor.ofId(LittleEndian.u16(bytes, 20)),
            flags(bytes),
            LittleEndian.u16(bytes, 26),
            LittleEndian.i64(bytes, 32),
            LittleEndian.i64(bytes, 40),
            LittleEndian.i64(bytes, 48),
            LittleEndian.i64(bytes, 56),
            LittleEndian.i64(bytes, 64),
            LittleEndian.i64(bytes, 72),
            LittleEndian.i64(bytes, 80),
            LittleEndian.i64(bytes, 88));
    parsed.checkPositions(imageSize);
    return parsed;
  }

  private static int inodeCount(byte[] bytes, SquashfsImage.Limits limits)
      throws SquashfsException {
    long count = LittleEndian.u32(bytes, 4);
    check(count > 0, 4, () -> "no inodes");
    check(
        count <= limits.maxInodes(),
        4,
        () -> count + " inodes, more than the limit of " + limits.maxInodes());
    return (int) count;
  }

  private static int blockSize(byte[] bytes) throws SquashfsException {
    long size = LittleEndian.u32(bytes, 12);
    int log = LittleEndian.u16(bytes, 22);
    check(
        log >= MIN_BLOCK_LOG && log <= MAX_BLOCK_LOG && size == 1L << log,
        12,
        () ->
            "block size is %d with logarithm %d, expected a power of two from 4096 to 1048576"
                .formatted(size, log));
    return (int) size;
  }

  private static int flags(byte[] bytes) throws SquashfsException {
    int flags = LittleEndian.u16(bytes, 24);
    check(
        (flags & ~KNOWN_FLAGS) == 0,
        24,
        () -> String.format("unknown flags %04x", flags & ~KNOWN_FLAGS));
    return flags;
  }

  private void checkPositions(long imageSize) throws SquashfsException {
    check(
        bytesUsed > SIZE && bytesUsed <= imageSize,
        40,
        () -> "uses " + bytesUsed + " bytes, but there are " + imageSize);
    check(ids > 0, 26, () -> "no user and group ids");
    check(
        inodeTable >= SIZE && inodeTable < directoryTable && directoryTable < bytesUsed,
        64,
        () ->
            "inode table at %d and directory table at %d are not in order within %d bytes"
                .formatted(inodeTable, directoryTable, bytesUsed));
  }

  /** Says what is wrong only when something is. */
  @FunctionalInterface
  private interface Problem {
    String text();
  }

  private static void check(boolean holds, int offset, Problem problem) throws SquashfsException {
    if (!holds) {
      throw new SquashfsException(NAME, offset, problem.text());
    }
  }
}
