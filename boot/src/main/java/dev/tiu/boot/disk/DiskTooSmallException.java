package dev.tiu.boot.disk;

import java.io.IOException;

/** A disk on which what is wanted doesn't fit. */
public final class DiskTooSmallException extends IOException {
  private final long size;
  private final long needed;

  DiskTooSmallException(long size, long needed) {
    super(
        "the disk has %d MiB and needs %d MiB; take a larger one, or a smaller boot partition"
            .formatted(size / DiskShape.MIB, needed / DiskShape.MIB));
    this.size = size;
    this.needed = needed;
  }

  /** What it has, in bytes. */
  public long size() {
    return size;
  }

  /** What it should have at least, in bytes. */
  public long needed() {
    return needed;
  }
}
