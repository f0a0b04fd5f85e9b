package dev.tiu;

import java.io.IOException;

/** There isn't enough room for what was asked. */
final class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1;

  NoSpaceException(String message) {
    super(message);
  }
}
