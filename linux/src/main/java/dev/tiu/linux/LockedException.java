package dev.tiu.linux;

import java.io.IOException;
import java.time.Duration;

/** Somebody else holds the lock, and went on holding it as long as one would wait. */
public final class LockedException extends IOException {
  private final String holder;

  LockedException(String file, String holder, Duration patience) {
    super(
        file
            + " is locked by "
            + holder
            + (patience.isZero() ? "" : "; waited " + patience.toSeconds() + " s"));
    this.holder = holder;
  }

  /** What the holder said of itself. */
  public String holder() {
    return holder;
  }
}
