package dev.tiu.bundle.squashfs;

import java.io.IOException;

/** A block that doesn't unpack; whoever knows where it lies says so in a SquashfsException. */
final class CorruptBlockException extends IOException {
  private static final long serialVersionUID = 1L;

  CorruptBlockException(String problem) {
    super(problem);
  }

  CorruptBlockException(String problem, Throwable cause) {
    super(problem, cause);
  }
}
