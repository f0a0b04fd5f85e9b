package dev.tiu.boot.initrd;

import java.io.IOException;

/** An initrd that the kernel couldn't unpack, or that has more of something than tiu reads. */
public final class InitrdFormatException extends IOException {
  private static final long serialVersionUID = 1;

  private final long offset;

  InitrdFormatException(long offset, String problem) {
    super("at byte %d of what is unpacked: %s".formatted(offset, problem));
    this.offset = offset;
  }

  InitrdFormatException(long offset, IOException cause) {
    super("at byte %d of what is unpacked: %s".formatted(offset, cause.getMessage()), cause);
    this.offset = offset;
  }

  /** Where, counted in the unpacked bytes of the part that it is in. */
  public long offset() {
    return offset;
  }
}
