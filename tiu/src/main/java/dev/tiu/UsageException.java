package dev.tiu;

import java.io.IOException;

/** The command line or a configuration file asks for something that can't be. */
final class UsageException extends IOException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
