package dev.tiu.bundle.delta;

import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Where a large old file has which bytes, sampled, to find the part of it that a new one's segment
 * comes from. Code that moves because something before it grew is found wherever it went.
 */
final class Anchors {
  private static final int PIECE = 1 << 20;

  /** Bounds the memory: some dozen bytes for each. */
  private static final int MOST = 1 << 17;

  private static final long AMBIGUOUS = -1;

  private final long fileSize;
  private final int bits;
  private final Map<Long, Long> positions;

  private Anchors(long fileSize, int bits, Map<Long, Long> positions) {
    this.fileSize = fileSize;
    this.bits = bits;
    this.positions = positions;
  }

  /** Reads the whole file once. */
  static Anchors of(BlockReader file, long size) throws IOException {
    int bits = 6;
    while (size >> bits > MOST / 2) {
      bits++;
    }
    Map<Long, Long> positions = new HashMap<>();
    GearHash hash = new GearHash(bits);
    byte[] piece = new byte[PIECE];
    for (long offset = 0; offset < size; offset += PIECE) {
      int length = (int) Math.min(PIECE, size - offset);
      file.read(offset, ByteBuffer.wrap(piece, 0, length));
      for (int i = 0; i < length; i++) {
        if (hash.take(piece[i]) && positions.size() < MOST) {
          // What is there twice says nothing about where a segment comes from.
          positions.merge(hash.hash(), offset + i, (one, other) -> AMBIGUOUS);
        }
      }
    }
    return new Anchors(size, bits, positions);
  }

  /**
   * Where the part of that length starts that has most in common with a segment; without anything
   * in common, the part in the same relation to its file.
   *
   * @param length at most the old file's size
   * @param segmentCentre of the new file's length, 0 to 1
   */
  long bestStart(byte[] segment, int length, double segmentCentre) {
    long[] found = new long[segment.length];
    int count = 0;
    GearHash hash = new GearHash(bits);
    for (byte next : segment) {
      if (hash.take(next)) {
        long position = positions.getOrDefault(hash.hash(), AMBIGUOUS);
        if (position != AMBIGUOUS) {
          found[count++] = position;
        }
      }
    }
    if (count == 0) {
      return within((long) (segmentCentre * fileSize) - length / 2, length);
    }
    Arrays.sort(found, 0, count);
    int bestFirst = 0;
    int bestLast = 0;
    int first = 0;
    for (int last = 0; last < count; last++) {
      while (found[last] - found[first] >= length) {
        first++;
      }
      if (last - first > bestLast - bestFirst) {
        bestFirst = first;
        bestLast = last;
      }
    }
    return within((found[bestFirst] + found[bestLast] - length) / 2, length);
  }

  private long within(long start, int length) {
    return Math.max(0, Math.min(fileSize - length, start));
  }
}
