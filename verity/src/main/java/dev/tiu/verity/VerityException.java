package dev.tiu.verity;

import java.io.IOException;

/** Data, or what describes it, isn't what a hash tree says it is. */
public class VerityException extends IOException {
  private static final long serialVersionUID = 1L;

  public VerityException(String message) {
    super(message);
  }
}
