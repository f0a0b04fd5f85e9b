package dev.tiu.bundle.http;

import java.io.IOException;

/** A bundle that has to be downloaded whole doesn't fit where downloads are kept. */
public final class NoRoomException extends IOException {
  NoRoomException(String message) {
    super(message);
  }
}
