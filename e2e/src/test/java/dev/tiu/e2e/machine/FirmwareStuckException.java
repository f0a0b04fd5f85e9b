package dev.tiu.e2e.machine;

import java.io.IOException;

/** A firmware that found nothing to start: the machine waits for somebody to come. */
public final class FirmwareStuckException extends IOException {
  public FirmwareStuckException(String message) {
    super(message);
  }
}
