package dev.tiu.boot.disk;

import java.io.IOException;

/** Boot files that need more room than the FAT has; nothing was written. */
public final class BootPartitionFullException extends IOException {
  private final long needed;
  private final long available;

  BootPartitionFullException(long needed, long available) {
    super(
        "the boot files take %.1f MB, and the boot partition has room for %.1f MB; make it larger"
            .formatted(needed / 1e6, available / 1e6));
    this.needed = needed;
    this.available = available;
  }

  /** In bytes, with what is lost at the ends of files. */
  public long needed() {
    return needed;
  }

  /** In bytes. */
  public long available() {
    return available;
  }
}
