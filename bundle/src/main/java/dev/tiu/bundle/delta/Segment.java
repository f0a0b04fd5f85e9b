package dev.tiu.bundle.delta;

/**
 * A part of a new file, made of one range of one old file and the delta's stored bytes: a zstd
 * frame with the range as raw-content dictionary, of the part itself or of its {@link Difference}.
 *
 * @param offset in the new file, in bytes
 * @param size in bytes, 1 to {@link #MAX_SIZE}
 * @param storedOffset from the start of the delta, in bytes
 * @param storedSize in bytes, 1 to {@link #MAX_STORED_SIZE}
 * @param differenceSize bytes of the difference that is stored; 0 if it is the part itself
 */
public record Segment(
    long offset, int size, OldRange old, long storedOffset, int storedSize, int differenceSize) {
  /** Bounds what a device needs to apply a patch. */
  public static final int MAX_SIZE = 4 << 20;

  /** More than zstd makes of the largest segment at worst. */
  public static final int MAX_STORED_SIZE = 2 * MAX_SIZE;

  /** Checks the sizes. */
  public Segment {
    if (size < 1 || size > MAX_SIZE || offset < 0) {
      throw new IllegalArgumentException("a segment of " + size + " bytes at offset " + offset);
    }
    if (storedSize < 1 || storedSize > MAX_STORED_SIZE || storedOffset < 0) {
      throw new IllegalArgumentException(
          "a segment stored in " + storedSize + " bytes at offset " + storedOffset);
    }
    if (differenceSize < 0 || differenceSize > maxDifferenceSize(size)) {
      throw new IllegalArgumentException(
          "a difference of " + differenceSize + " bytes for a segment of " + size);
    }
  }

  /** More than this no difference that pays can have. */
  static int maxDifferenceSize(int size) {
    return size + (size >> 1) + 64;
  }

  /** The first byte after it in the new file. */
  public long end() {
    return offset + size;
  }
}
