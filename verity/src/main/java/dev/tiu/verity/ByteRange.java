package dev.tiu.verity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Consecutive bytes of a file: where they start and how many they are. */
public record ByteRange(long offset, long length) {
  public ByteRange {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
    }
  }

  /** The range from {@code offset} up to and without {@code end}. */
  public static ByteRange between(long offset, long end) {
    return new ByteRange(offset, end - offset);
  }

  /** The first byte after the range. */
  public long end() {
    return offset + length;
  }

  /** The same bytes as sorted ranges that neither touch nor overlap; empty ones are left out. */
  public static List<ByteRange> coalesce(Collection<ByteRange> ranges) {
    List<ByteRange> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(ByteRange::offset));
    List<ByteRange> merged = new ArrayList<>();
    for (ByteRange range : sorted) {
      int last = merged.size() - 1;
      if (range.length == 0) {
        continue;
      }
      if (last >= 0 && merged.get(last).end() >= range.offset) {
        ByteRange before = merged.get(last);
        merged.set(last, between(before.offset, Math.max(before.end(), range.end())));
      } else {
        merged.add(range);
      }
    }
    return List.copyOf(merged);
  }
}
