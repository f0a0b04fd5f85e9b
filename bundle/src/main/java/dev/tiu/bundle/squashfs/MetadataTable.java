package dev.tiu.bundle.squashfs;

import java.util.Arrays;

/**
 * The unpacked content of a run of metadata blocks, and where each block lay.
 *
 * <p>Structures may straddle blocks, so the blocks' contents stand here end to end. A
 * <em>place</em> is a position in that; a <em>reference</em> is what structures point at each other
 * with: where the block starts, in bytes from the start of the table, and a position in its
 * unpacked content.
 *
 * <p>What a reference or a read is for is asked as an Object, so that its name is put together only
 * for a message.
 */
final class MetadataTable {
  private final String name;
  private final long start;
  private final byte[] bytes;
  private final int length;
  private final int blocks;
  private final int[] stored;
  private final int[] places;

  /**
   * A table of what was unpacked.
   *
   * @param name for messages: {@code inode table}
   * @param start where the first block lies in the image
   * @param bytes the content; only the first {@code length} count
   * @param blocks how many blocks there are
   * @param stored for each block, where it starts, in bytes from {@code start}
   * @param places for each block, where its content starts; after the last, the length
   */
  MetadataTable(
      String name, long start, byte[] bytes, int length, int blocks, int[] stored, int[] places) {
    this.name = name;
    this.start = start;
    this.bytes = bytes;
    this.length = length;
    this.blocks = blocks;
    this.stored = stored;
    this.places = places;
  }

  /** A table without content. */
  static MetadataTable empty(String name) {
    return new MetadataTable(name, 0, new byte[0], 0, 0, new int[0], new int[1]);
  }

  String name() {
    return name;
  }

  /** Where the first block lies in the image. */
  long start() {
    return start;
  }

  /** The content itself, not a copy; only the first {@link #length} bytes count. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** How many metadata blocks there are. */
  int blocks() {
    return blocks;
  }

  /** Where a block lies in the image. */
  long blockStart(int block) {
    return start + stored[block];
  }

  /** Where a block's content starts; for the number of blocks, the length. */
  int blockPlace(int block) {
    return places[block];
  }

  /** The place that a reference means; it may be the end of its block, but not beyond. */
  int place(long block, int offset, Object what) throws SquashfsException {
    int index = block(block, what);
    int content = places[index + 1] - places[index];
    if (offset < 0 || offset > content) {
      throw new SquashfsException(
          what.toString(),
          start + block,
          "lies at " + offset + " of a metadata block of " + content + " bytes");
    }
    return places[index] + offset;
  }

  /** The index of the block that starts {@code position} bytes into the table. */
  int block(long position, Object what) throws SquashfsException {
    int index =
        position < 0 || position > Integer.MAX_VALUE
            ? -1
            : Arrays.binarySearch(stored, 0, blocks, (int) position);
    if (index < 0) {
      throw unknownBlock(position, what);
    }
    return index;
  }

  private SquashfsException unknownBlock(long block, Object what) {
    return new SquashfsException(
        what.toString(),
        start,
        "no metadata block of the " + name + " starts " + block + " bytes into it");
  }

  /** Holds that {@code count} bytes are there, from {@code place} on. */
  void need(int place, long count, Object what) throws SquashfsException {
    if (count > length - place) {
      throw fault(
          place,
          what,
          "needs "
              + count
              + " bytes where the "
              + name
              + " has only "
              + (length - place)
              + " left");
    }
  }

  /** A failure that says where in the image {@code place} comes from. */
  SquashfsException fault(int place, Object structure, String problem) {
    int index = Arrays.binarySearch(places, 0, blocks, Math.min(place, Math.max(0, length - 1)));
    int block = Math.max(0, index < 0 ? -index - 2 : index);
    if (blocks == 0) {
      return new SquashfsException(structure.toString(), start, problem);
    }
    return new SquashfsException(
        structure.toString(),
        start + stored[block],
        problem + " (byte " + (place - places[block]) + " of the metadata block's content)");
  }
}
