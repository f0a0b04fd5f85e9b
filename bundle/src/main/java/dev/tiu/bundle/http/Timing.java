package dev.tiu.bundle.http;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Time and chance, as a transfer needs them. */
interface Timing {
  /** The machine's. */
  Timing SYSTEM =
      new Timing() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }

        @Override
        public double chance() {
          return ThreadLocalRandom.current().nextDouble();
        }
      };

  /** Counts up, from anywhere. */
  long nanos();

  /** By the wall clock, for dates that servers name. */
  Instant now();

  void sleep(Duration duration) throws InterruptedException;

  /** From 0 to 1. */
  double chance();
}
