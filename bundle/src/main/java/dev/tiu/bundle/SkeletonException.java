package dev.tiu.bundle;

import java.io.IOException;

/** File data was asked of a skeleton, which has everything else. */
public final class SkeletonException extends IOException {
  private final long offset;

  SkeletonException(String source, long offset) {
    super(
        source
            + ": this is a skeleton: it has an image's description but no file data, such as that"
            + " at offset "
            + offset
            + ". Use the bundle itself");
    this.offset = offset;
  }

  /** In bytes from the start of the bundle. */
  public long offset() {
    return offset;
  }
}
