package dev.tiu.bundle;

import java.io.IOException;

/** A tree can't be packed exactly as it is: which source, which entry, why. */
public final class TreeException extends IOException {
  private final String source;
  private final String entry;

  TreeException(String source, String entry, String problem) {
    super(source + ": " + entry + ": " + problem);
    this.source = source;
    this.entry = entry;
  }

  /** The directory or archive. */
  public String source() {
    return source;
  }

  /** The entry's path, unprintable bytes escaped. */
  public String entry() {
    return entry;
  }
}
