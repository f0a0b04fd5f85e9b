package dev.tiu.boot.disk;

import java.io.IOException;

/** A disk that can't be grown as it is. */
public final class GrowException extends IOException {
  GrowException(String message) {
    super(message);
  }
}
