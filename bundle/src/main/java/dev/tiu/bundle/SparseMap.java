package dev.tiu.bundle;

import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a sparse file an archive has; between them are zeros.
 *
 * @param size of the file with its holes, in bytes
 * @param storedSize of the parts together, in bytes
 */
record SparseMap(long size, long storedSize, List<Segment> segments) {
  /** More parts than this are a damaged or hostile archive. */
  static final int MAX_SEGMENTS = 1 << 20;

  /** A part: where it belongs in the file, and how long it is. */
  record Segment(long offset, long length) {}

  /** Checks that the parts are in order and lie within the file. */
  SparseMap {
    segments = List.copyOf(segments);
    if (size < 0) {
      throw new IllegalArgumentException("a sparse file of " + size + " bytes");
    }
    long end = 0;
    for (Segment segment : segments) {
      if (segment.offset < end || segment.length < 0 || segment.length > size - segment.offset) {
        throw new IllegalArgumentException(
            "the sparse map has "
                + segment.length
                + " bytes at offset "
                + segment.offset
                + " after offset "
                + end
                + ", in a file of "
                + size);
      }
      end = segment.offset + segment.length;
    }
  }

  /** From offset, length, offset, length… in decimal. */
  static SparseMap ofNumbers(long size, List<String> numbers) {
    if (numbers.size() % 2 != 0 || numbers.size() / 2 > MAX_SEGMENTS) {
      throw new IllegalArgumentException("a sparse map of " + numbers.size() + " numbers");
    }
    List<Segment> segments = new ArrayList<>();
    long stored = 0;
    for (int i = 0; i < numbers.size(); i += 2) {
      Segment segment = new Segment(number(numbers.get(i)), number(numbers.get(i + 1)));
      if (segment.length > 0) {
        segments.add(segment);
        stored += segment.length;
      }
    }
    return new SparseMap(size, stored, segments);
  }

  private static long number(String text) {
    try {
      long number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("the sparse map has \"" + text + "\" for a number");
  }
}
