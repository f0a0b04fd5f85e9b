package dev.tiu.bundle.squashfs;

/**
 * Reads where a regular file's content lies, and holds that to its size.
 *
 * <p>The short form ({@code squashfs_reg_inode}) has, from byte 16 on, 32 bits each of: start,
 * fragment, offset in the fragment, size. The extended one ({@code squashfs_lreg_inode}) has 64
 * bits each of start, size and bytes saved by holes, then 32 bits each of links, fragment, offset
 * and xattrs. Behind either stand the stored sizes of the blocks.
 */
final class FileInodeReader {
  private static final long NO_FRAGMENT = 0xffffffffL;

  private final MetadataTable table;
  private final FragmentTable fragments;
  private final int blockSize;
  private final long dataStart;
  private final long dataEnd;

  FileInodeReader(Tables tables, Superblock superblock, long dataStart) {
    this.table = tables.inodes();
    this.fragments = tables.fragments();
    this.blockSize = superblock.blockSize();
    this.dataStart = dataStart;
    this.dataEnd = superblock.inodeTable();
  }

  static int fixedSize(boolean extended) {
    return extended ? 56 : 32;
  }

  /**
   * The blocks of the file at {@code place}, where its fixed part is known to be.
   *
   * @param inode for messages
   */
  BlockList read(Object inode, int place, boolean extended) throws SquashfsException {
    byte[] bytes = table.bytes();
    long start =
        extended ? LittleEndian.i64(bytes, place + 16) : LittleEndian.u32(bytes, place + 16);
    long size =
        extended ? LittleEndian.i64(bytes, place + 24) : LittleEndian.u32(bytes, place + 28);
    long fragment = LittleEndian.u32(bytes, place + (extended ? 44 : 20));
    long skip = LittleEndian.u32(bytes, place + (extended ? 48 : 24));
    if (size < 0) {
      throw table.fault(place, inode, "size of " + Long.toUnsignedString(size) + " bytes");
    }
    boolean hasTail = fragment != NO_FRAGMENT;
    long wholeBlocks = size / blockSize;
    int rest = (int) (size % blockSize);
    long ownBlocks = hasTail || rest == 0 ? wholeBlocks : wholeBlocks + 1;
    int sizesAt = place + fixedSize(extended);
    // Before the multiplication: 4 * ownBlocks of a lying size could overflow.
    table.need(sizesAt, ownBlocks, inode);
    table.need(sizesAt, 4 * ownBlocks, inode);
    BlockList.Tail tail = hasTail ? tail(inode, place, fragment, skip, rest) : BlockList.Tail.NONE;
    checkBlocks(inode, place, sizesAt, (int) ownBlocks, start, size);
    return new BlockList(size, blockSize, bytes, sizesAt, (int) ownBlocks, start, tail);
  }

  private BlockList.Tail tail(Object inode, int place, long fragment, long skip, int rest)
      throws SquashfsException {
    if (fragment >= fragments.count()) {
      throw table.fault(
          place,
          inode,
          "tail end is in fragment %d, but there are %d".formatted(fragment, fragments.count()));
    }
    if (rest == 0) {
      throw table.fault(place, inode, "names a fragment, but its size leaves no tail end");
    }
    if (skip > blockSize - rest) {
      throw table.fault(
          place,
          inode,
          "tail end of %d bytes at %d of a fragment doesn't fit its %d bytes"
              .formatted(rest, skip, blockSize));
    }
    return fragments.tail((int) fragment, (int) skip);
  }

  /** Every block's stored size must be possible, and all together lie where data may lie. */
  private void checkBlocks(
      Object inode, int place, int sizesAt, int ownBlocks, long start, long size)
      throws SquashfsException {
    long stored = 0;
    for (int i = 0; i < ownBlocks; i++) {
      int entry = LittleEndian.i32(table.bytes(), sizesAt + 4 * i);
      int bytes = entry & (BlockList.PLAIN_BIT - 1);
      boolean plain = (entry & BlockList.PLAIN_BIT) != 0;
      long content = Math.min(blockSize, size - (long) i * blockSize);
      boolean sound = entry >>> 25 == 0 && bytes <= blockSize && (!plain || bytes == content);
      if (!sound) {
        throw table.fault(
            sizesAt + 4 * i,
            inode,
            "block %d of %d bytes is stored in %d (entry %08x), block size is %d"
                .formatted(i, content, bytes, entry, blockSize));
      }
      stored += bytes;
    }
    if (stored > 0 && (start < dataStart || start > dataEnd - stored)) {
      throw table.fault(
          place,
          inode,
          "%d stored bytes at %d, expected from %d to %d"
              .formatted(stored, start, dataStart, dataEnd));
    }
  }
}
