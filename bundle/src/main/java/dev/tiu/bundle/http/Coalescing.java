package dev.tiu.bundle.http;

import dev.tiu.verity.ByteRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes requests of the ranges that are wanted: over small gaps it is cheaper to fetch what lies
 * between than to ask twice.
 *
 * <p>The smallest gaps are fetched first, as long as all of them stay a small part of what is
 * wanted; beyond that only while there would be very many requests.
 *
 * @param gap the longest gap that is ever fetched
 * @param piece the longest request
 */
record Coalescing(long gap, int piece) {
  /** Of what is wanted, for gaps; the rest of 5 % is for what blocks are rounded by. */
  private static final double SHARE = 0.03;

  /** Where little is wanted, so much may be in gaps all the same. */
  private static final long LEAST_BUDGET = 1 << 16;

  /** More requests than these cost more than gaps do. */
  private static final int MANY = 40;

  /**
   * Plans the requests.
   *
   * @param wanted sorted, apart from each other
   * @param there ranges that are fetched already, or will be; sorted, apart
   */
  List<ByteRange> requests(List<ByteRange> wanted, List<ByteRange> there) {
    List<ByteRange> left = minus(wanted, there);
    List<ByteRange> joined = join(left);
    List<ByteRange> requests = new ArrayList<>();
    for (ByteRange range : minus(joined, there)) {
      split(range, requests);
    }
    return List.copyOf(requests);
  }

  private List<ByteRange> join(List<ByteRange> ranges) {
    record Gap(int before, long length) {}
    List<Gap> gaps = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < ranges.size(); i++) {
      total += ranges.get(i).length();
      if (i > 0) {
        gaps.add(new Gap(i, ranges.get(i).offset() - ranges.get(i - 1).end()));
      }
    }
    gaps.sort(Comparator.comparingLong(Gap::length));
    long budget = Math.max(LEAST_BUDGET, (long) (total * SHARE));
    boolean[] bridged = new boolean[ranges.size()];
    int requests = ranges.size();
    for (Gap g : gaps) {
      budget -= g.length;
      boolean pays = budget >= 0 || requests > MANY;
      if (g.length > gap || !pays) {
        break;
      }
      bridged[g.before] = true;
      requests--;
    }
    List<ByteRange> joined = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      if (bridged[i]) {
        int last = joined.size() - 1;
        joined.set(last, ByteRange.between(joined.get(last).offset(), ranges.get(i).end()));
      } else {
        joined.add(ranges.get(i));
      }
    }
    return joined;
  }

  /** Into equal parts, so that there is no small rest. */
  private void split(ByteRange range, List<ByteRange> requests) {
    long parts = (range.length() + piece - 1) / piece;
    long start = range.offset();
    for (long i = 1; i <= parts; i++) {
      long end = i == parts ? range.end() : alignedCut(range, i, parts);
      requests.add(ByteRange.between(start, end));
      start = end;
    }
  }

  /** At a block's border, as blocks are what is read. */
  private static long alignedCut(ByteRange range, long part, long parts) {
    long cut = range.offset() + range.length() / parts * part;
    return cut - cut % Chunk.BLOCK;
  }

  /** What of {@code ranges} is in none of {@code taken}; both sorted and apart. */
  static List<ByteRange> minus(List<ByteRange> ranges, List<ByteRange> taken) {
    List<ByteRange> left = new ArrayList<>();
    int next = 0;
    for (ByteRange range : ranges) {
      long at = range.offset();
      while (next < taken.size() && taken.get(next).end() <= at) {
        next++;
      }
      for (int i = next; i < taken.size() && taken.get(i).offset() < range.end(); i++) {
        if (taken.get(i).offset() > at) {
          left.add(ByteRange.between(at, taken.get(i).offset()));
        }
        at = Math.max(at, taken.get(i).end());
      }
      if (at < range.end()) {
        left.add(ByteRange.between(at, range.end()));
      }
    }
    return left;
  }
}
