package dev.tiu.e2e.machine;

import java.io.IOException;

/** A machine that didn't do what a test needs of it; the message has the console's last lines. */
public final class MachineException extends IOException {
  MachineException(String message) {
    super(message);
  }

  MachineException(String message, Throwable cause) {
    super(message, cause);
  }
}
