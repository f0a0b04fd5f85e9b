package dev.tiu;

import java.io.IOException;

/** Whoever read our output has stopped, as {@code head} does: nothing failed. */
final class ClosedPipeException extends IOException {
  private static final long serialVersionUID = 1;

  ClosedPipeException(IOException cause) {
    super("nobody reads the output any more", cause);
  }
}
