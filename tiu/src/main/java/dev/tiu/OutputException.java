package dev.tiu;

import java.io.IOException;

/** Standard output can't be written, for instance because the file behind it has no room. */
final class OutputException extends IOException {
  private static final long serialVersionUID = 1;

  OutputException(IOException cause) {
    super("standard output can't be written: " + cause.getMessage(), cause);
  }
}
