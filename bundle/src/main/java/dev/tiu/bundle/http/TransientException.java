package dev.tiu.bundle.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** One request has failed in a way that another one may not. */
final class TransientException extends IOException {
  private final Optional<Duration> retryAfter;

  TransientException(String problem, Optional<Duration> retryAfter) {
    super(problem);
    this.retryAfter = retryAfter;
  }

  TransientException(String problem, Throwable cause) {
    super(problem, cause);
    this.retryAfter = Optional.empty();
  }

  /** When the server wants to be asked again. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
