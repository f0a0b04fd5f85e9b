package dev.tiu.boot.loader;

import java.io.IOException;

/**
 * A boot partition or a request that doesn't fit what a boot loader can do; nothing was changed.
 */
public final class BootException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param message what is wrong, what it means, and what to do
   */
  public BootException(String message) {
    super(message);
  }
}
