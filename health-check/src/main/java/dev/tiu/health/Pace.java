package dev.tiu.health;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time that goes by; another one in tests. */
interface Pace {
  /** The machine's. */
  Pace REAL =
      new Pace() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }
      };

  /** Of a clock that only goes forward. */
  long nanos();

  void sleep(Duration duration) throws InterruptedException;
}
