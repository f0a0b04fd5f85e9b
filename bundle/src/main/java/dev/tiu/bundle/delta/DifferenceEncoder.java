package dev.tiu.bundle.delta;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Says how to make a segment from the old bytes by copying with corrections; {@link Difference} has
 * the form.
 *
 * <p>A program that was built anew is the old one with other addresses in it: long stretches are
 * the same but for single bytes, which end every match that zstd looks for. So stretches are
 * matched here although some bytes differ, as Colin Percival's bsdiff does it, and the differences,
 * almost all zero, are what zstd packs.
 */
final class DifferenceEncoder {
  /** A stretch begins where that many bytes are the same. */
  private static final int KEY = 12;

  /** Another place must be better than going on by more bytes than this. */
  private static final int BETTER = 8;

  /** As long as this, the place where one is does as well: no need to look at each byte. */
  private static final int LONG = 64;

  private static final long PRIME = 0x9E3779B97F4A7C15L;

  private final byte[] old;
  private final byte[] next;
  private final int[] table;
  private final int bits;
  private final ByteArrayOutputStream control = new ByteArrayOutputStream();
  private final ByteArrayOutputStream corrections = new ByteArrayOutputStream();
  private final ByteArrayOutputStream added = new ByteArrayOutputStream();

  /** Where the current stretch begins in the new bytes and in the old ones. */
  private int start;

  private int oldStart;

  /** The next stretch: where its match was found, and how long that is. */
  private int at;

  private int oldAt;
  private int length;

  /** How many of the bytes from {@code at} on the current stretch has right. */
  private int score;

  private DifferenceEncoder(byte[] old, byte[] next, int[] table, int bits) {
    this.old = old;
    this.next = next;
    this.table = table;
    this.bits = bits;
  }

  /**
   * Positions of the old bytes, for one difference after the other: it is much larger than what it
   * is about, and made anew each time it would be most of what the heap has to take.
   */
  static final class Table {
    private int[] positions = new int[0];

    private int[] empty(int size) {
      if (positions.length < size) {
        positions = new int[size];
      } else {
        Arrays.fill(positions, 0, size, 0);
      }
      return positions;
    }
  }

  /** The difference; the same for the same bytes, whatever the table was used for before. */
  static byte[] encode(byte[] old, byte[] next, Table table) {
    // Between one and two places for each byte.
    int bits = Math.max(10, Integer.SIZE - Integer.numberOfLeadingZeros(old.length));
    DifferenceEncoder encoder = new DifferenceEncoder(old, next, table.empty(1 << bits), bits);
    encoder.indexOld();
    encoder.scan();
    return encoder.result();
  }

  private void indexOld() {
    for (int i = old.length - KEY; i >= 0; i--) {
      table[hash(old, i)] = i + 1;
    }
  }

  private int hash(byte[] bytes, int i) {
    long low = Difference.getLong(bytes, i);
    long high = Difference.getInt(bytes, i + 8) & 0xffffffffL;
    return (int) ((((low * PRIME) ^ (high + (low >>> 29))) * PRIME) >>> (Long.SIZE - bits));
  }

  private void scan() {
    while (at < next.length) {
      findNext();
      if (at == next.length || length != score) {
        endStretch();
      }
    }
  }

  /** Goes on to where another stretch is better than the current one, or to the end. */
  private void findNext() {
    int offset = oldStart - start;
    at += length;
    score = 0;
    int scored = at;
    for (; at < next.length; at++) {
      search();
      for (; scored < at + length; scored++) {
        score += isSame(scored, scored + offset) ? 1 : 0;
      }
      if ((length == score && length > 0) || length > score + BETTER) {
        return;
      }
      if (length > LONG) {
        at += length / 2;
        score = 0;
        scored = at + 1;
      } else if (isSame(at, at + offset)) {
        score--;
      }
    }
    length = 0;
  }

  private boolean isSame(int i, int oldIndex) {
    return oldIndex >= 0 && oldIndex < old.length && old[oldIndex] == next[i];
  }

  /** Where the old bytes go on as the new ones do here. */
  private void search() {
    length = 0;
    if (at > next.length - KEY) {
      return;
    }
    int offset = oldStart - start;
    if (at + offset >= 0 && at + offset <= old.length - KEY) {
      int same = sameFrom(at + offset);
      if (same >= KEY) {
        oldAt = at + offset;
        length = same;
        return;
      }
    }
    int found = table[hash(next, at)] - 1;
    if (found >= 0) {
      int same = sameFrom(found);
      if (same >= KEY) {
        oldAt = found;
        length = same;
      }
    }
  }

  private int sameFrom(int oldIndex) {
    int most = Math.min(next.length - at, old.length - oldIndex);
    int different = Arrays.mismatch(next, at, at + most, old, oldIndex, oldIndex + most);
    return different < 0 ? most : different;
  }

  /** Writes the current stretch, as far as it is right more often than not, and what follows it. */
  private void endStretch() {
    int forward = forward();
    int backward = at < next.length ? backward() : 0;
    int overlap = start + forward - (at - backward);
    if (overlap > 0) {
      int kept = split(forward, backward, overlap);
      forward += kept - overlap;
      backward -= kept;
    }
    int nextStart = at - backward;
    int addedStart = start + forward;
    Difference.putNumber(control, forward);
    Difference.putNumber(control, nextStart - addedStart);
    Difference.putSigned(control, at < next.length ? oldAt - backward - oldStart - forward : 0);
    for (int i = 0; i < forward; i++) {
      corrections.write(next[start + i] - old[oldStart + i]);
    }
    added.write(next, addedStart, nextStart - addedStart);
    start = nextStart;
    oldStart = oldAt - backward;
  }

  private int forward() {
    int most = Math.min(at - start, old.length - oldStart);
    int same = 0;
    int bestSame = 0;
    int best = 0;
    for (int i = 0; i < most; i++) {
      same += old[oldStart + i] == next[start + i] ? 1 : 0;
      if (2 * same - (i + 1) > 2 * bestSame - best) {
        bestSame = same;
        best = i + 1;
      }
    }
    return best;
  }

  private int backward() {
    int most = Math.min(at - start, oldAt);
    int same = 0;
    int bestSame = 0;
    int best = 0;
    for (int i = 1; i <= most; i++) {
      same += old[oldAt - i] == next[at - i] ? 1 : 0;
      if (2 * same - i > 2 * bestSame - best) {
        bestSame = same;
        best = i;
      }
    }
    return best;
  }

  /** How much of what both stretches reach the first one keeps. */
  private int split(int forward, int backward, int overlap) {
    int lead = 0;
    int bestLead = 0;
    int kept = 0;
    for (int i = 0; i < overlap; i++) {
      int first = forward - overlap + i;
      int second = i - backward;
      lead += next[start + first] == old[oldStart + first] ? 1 : 0;
      lead -= next[at + second] == old[oldAt + second] ? 1 : 0;
      if (lead > bestLead) {
        bestLead = lead;
        kept = i + 1;
      }
    }
    return kept;
  }

  private byte[] result() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Difference.putNumber(out, control.size());
    Difference.putNumber(out, corrections.size());
    out.writeBytes(control.toByteArray());
    out.writeBytes(corrections.toByteArray());
    out.writeBytes(added.toByteArray());
    return out.toByteArray();
  }
}
