package dev.tiu.snapshot;

import java.io.IOException;

/** A file's content can't be had from where it was to come from; there is another way to it. */
final class ContentException extends IOException {
  private static final long serialVersionUID = 1;

  ContentException(String message, Throwable cause) {
    super(message, cause);
  }
}
