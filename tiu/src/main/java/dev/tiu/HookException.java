package dev.tiu;

import java.io.IOException;

/** A hook of the admin's that wants something not to be done. */
final class HookException extends IOException {
  HookException(String message, IOException cause) {
    super(message, cause);
  }
}
