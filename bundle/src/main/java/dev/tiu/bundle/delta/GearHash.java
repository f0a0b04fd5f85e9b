package dev.tiu.bundle.delta;

import java.util.SplittableRandom;

/**
 * A rolling hash of the last 64 bytes, by which the same bytes are found again wherever they lie.
 *
 * <p>The positions whose hash begins with some zero bits are the samples: they depend on nothing
 * but the bytes before them, so both files have the same ones where they are alike.
 */
final class GearHash {
  /** How many bytes a hash depends on. */
  static final int WINDOW = 64;

  /** Any fixed numbers do; the same for everyone, so that deltas are reproducible. */
  private static final long[] GEAR = new SplittableRandom(0x7469755f67656172L).longs(256).toArray();

  private final long mask;
  private long hash;
  private long seen;

  /** Takes a sample of every 2<sup>bits</sup> positions on average. */
  GearHash(int bits) {
    this.mask = ((1L << bits) - 1) << (Long.SIZE - bits);
  }

  /** Takes the next byte; true if the position behind it is a sample. */
  boolean take(byte next) {
    hash = (hash << 1) + GEAR[next & 0xff];
    seen++;
    return seen >= WINDOW && (hash & mask) == 0;
  }

  long hash() {
    return hash;
  }
}
