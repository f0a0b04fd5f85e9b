package dev.tiu;

import java.io.IOException;

/** An image must not be installed on this device; the message says why and what would help. */
class UnfitException extends IOException {
  private static final long serialVersionUID = 1;

  UnfitException(String message) {
    super(message);
  }
}
