package dev.tiu.bundle.http;

import java.time.Duration;

/** Holds all connections together to a rate; a quarter of a second's bytes may come at once. */
final class TokenBucket {
  private static final double NANOS = 1e9;

  private final long rate;
  private final Timing timing;
  private double free;
  private long since;

  /**
   * A full bucket.
   *
   * @param rate bytes a second
   */
  TokenBucket(long rate, Timing timing) {
    this.rate = rate;
    this.timing = timing;
    this.free = rate / 4.0;
    this.since = timing.nanos();
  }

  /** Waits as long as these bytes, which have come, are more than the rate allows. */
  void take(int bytes) throws InterruptedException {
    long wait;
    synchronized (this) {
      long now = timing.nanos();
      free = Math.min(rate / 4.0, free + (now - since) * (rate / NANOS));
      since = now;
      free -= bytes;
      wait = free < 0 ? (long) (-free / rate * NANOS) : 0;
    }
    if (wait > 0) {
      timing.sleep(Duration.ofNanos(wait));
    }
  }
}
