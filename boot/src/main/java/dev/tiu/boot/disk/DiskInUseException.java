package dev.tiu.boot.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A disk that something on this machine uses: nothing can be forced there. */
public final class DiskInUseException extends IOException {
  private final Path disk;
  private final transient List<String> uses;

  DiskInUseException(Path disk, List<String> uses) {
    super(
        "%s is in use: %s. Writing to it now would damage what uses it; end that first (umount,"
                .formatted(disk, String.join("; ", uses))
            + " swapoff), or take another disk");
    this.disk = disk;
    this.uses = List.copyOf(uses);
  }

  /** The disk. */
  public Path disk() {
    return disk;
  }

  /** What uses it, for people. */
  public List<String> uses() {
    return uses;
  }
}
