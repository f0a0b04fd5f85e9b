package dev.tiu.e2e.machine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A moment by which something has to have happened. */
record Deadline(long nanoTime) {
  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  boolean isOver() {
    return System.nanoTime() - nanoTime >= 0;
  }

  /** At least 1, so that waiting for it is no waiting for ever. */
  long millisLeft() {
    return Math.max(1, (nanoTime - System.nanoTime()) / 1_000_000);
  }

  /** Between two looks at what can't be waited for. */
  static void pause(long millis, String during) throws MachineException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MachineException("interrupted, " + during, e);
    }
  }
}
