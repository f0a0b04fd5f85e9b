package dev.tiu.bundle;

import java.io.IOException;
import java.time.Instant;

/** A bundle is properly signed, but too old to be installed. */
public final class ExpiredException extends IOException {
  private final Instant expires;

  ExpiredException(String source, Instant expires, Instant now) {
    super(
        source
            + ": expired at "
            + expires
            + ", and it is "
            + now
            + " now. Get a newer bundle; if the clock is wrong, set it");
    this.expires = expires;
  }

  /** When it expired. */
  public Instant expires() {
    return expires;
  }
}
