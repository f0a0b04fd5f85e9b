package dev.tiu.bundle.http;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what goes over the wire, and learns how fast it is. */
final class Meter {
  private static final long NANOS = 1_000_000_000;

  /** Less than this in one request says nothing about the rate. */
  private static final long LEAST_SAMPLE = 1 << 16;

  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile long roundTripNanos = -1;
  private volatile long bytesPerSecond = -1;

  void request() {
    requests.incrementAndGet();
  }

  void received(int count) {
    bytes.addAndGet(count);
  }

  /** The time from a request to the head of its answer. */
  synchronized void answered(long nanos) {
    roundTripNanos = roundTripNanos < 0 ? nanos : Math.min(nanos, (3 * roundTripNanos + nanos) / 4);
  }

  /** How long an answer's content took. */
  synchronized void content(long count, long nanos) {
    if (count >= LEAST_SAMPLE) {
      long rate = (long) (count * (double) NANOS / Math.max(1, nanos));
      bytesPerSecond = bytesPerSecond < 0 ? rate : (3 * bytesPerSecond + rate) / 4;
    }
  }

  /** How many bytes the wire carries while a request waits for its answer, within bounds. */
  long gapWorthFetching(long unknown, long least, long most) {
    long rate = bytesPerSecond;
    long roundTrip = roundTripNanos;
    if (rate < 0 || roundTrip < 0) {
      return unknown;
    }
    double carried = (double) rate * roundTrip / NANOS;
    return Math.max(least, Math.min(most, (long) carried));
  }

  Transferred transferred() {
    return new Transferred(requests.get(), bytes.get());
  }
}
