package dev.tiu.bundle.squashfs;

import java.util.OptionalInt;

/**
 * Where the blocks of one regular file lie: a view of the sizes in the inode table, not a copy.
 *
 * <p>Only the first block's position is stored; the others follow without a gap. Every {@link
 * #STRIDE}th position is kept, so that finding a block of a huge file doesn't add up all before it.
 */
final class BlockList {
  private static final int STRIDE = 256;

  /** Bit of a stored size: the block is kept as it is. */
  static final int PLAIN_BIT = 1 << 24;

  private final long fileSize;
  private final int blockSize;
  private final byte[] table;
  private final int sizesAt;
  private final int ownBlocks;
  private final long[] positions;
  private final Tail tail;

  /** The tail end's place, or {@link #NONE}. */
  record Tail(int fragment, long offset, int storedSize, DataBlock.Storage storage, int skip) {
    static final Tail NONE = new Tail(-1, 0, 0, DataBlock.Storage.HOLE, 0);

    boolean exists() {
      return fragment >= 0;
    }
  }

  /**
   * A list whose sizes are {@code ownBlocks} little-endian 32-bit numbers at {@code sizesAt} of
   * {@code table}, all checked by the caller.
   */
  BlockList(
      long fileSize,
      int blockSize,
      byte[] table,
      int sizesAt,
      int ownBlocks,
      long start,
      Tail tail) {
    this.fileSize = fileSize;
    this.blockSize = blockSize;
    this.table = table;
    this.sizesAt = sizesAt;
    this.ownBlocks = ownBlocks;
    this.tail = tail;
    this.positions = new long[ownBlocks / STRIDE + 1];
    long position = start;
    for (int i = 0; i < ownBlocks; i++) {
      if (i % STRIDE == 0) {
        positions[i / STRIDE] = position;
      }
      position += storedSize(i);
    }
  }

  long fileSize() {
    return fileSize;
  }

  /** Blocks that have a size in the inode: all but a tail end in a fragment. */
  int ownBlocks() {
    return ownBlocks;
  }

  int count() {
    return ownBlocks + (tail.exists() ? 1 : 0);
  }

  private int entry(int index) {
    return LittleEndian.i32(table, sizesAt + 4 * index);
  }

  private int storedSize(int index) {
    return entry(index) & (PLAIN_BIT - 1);
  }

  DataBlock get(int index) {
    long fileOffset = (long) index * blockSize;
    int size = (int) Math.min(blockSize, fileSize - fileOffset);
    if (index == ownBlocks) {
      return new DataBlock(
          fileOffset,
          size,
          tail.offset,
          tail.storedSize,
          tail.storage,
          OptionalInt.of(tail.fragment),
          tail.skip);
    }
    int entry = entry(index);
    int stored = entry & (PLAIN_BIT - 1);
    if (stored == 0) {
      return new DataBlock(fileOffset, size, 0, 0, DataBlock.Storage.HOLE, OptionalInt.empty(), 0);
    }
    long position = positions[index / STRIDE];
    for (int i = index - index % STRIDE; i < index; i++) {
      position += storedSize(i);
    }
    return new DataBlock(
        fileOffset, size, position, stored, storage(entry), OptionalInt.empty(), 0);
  }

  /** How a block with this entry, not a hole's, is kept. */
  static DataBlock.Storage storage(int entry) {
    return (entry & PLAIN_BIT) != 0 ? DataBlock.Storage.PLAIN : DataBlock.Storage.COMPRESSED;
  }
}
