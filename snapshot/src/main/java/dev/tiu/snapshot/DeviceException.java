package dev.tiu.snapshot;

import java.io.IOException;

/** A disk isn't laid out as it must be for what was asked; the message says what to do. */
public final class DeviceException extends IOException {
  private static final long serialVersionUID = 1;

  public DeviceException(String message) {
    super(message);
  }
}
