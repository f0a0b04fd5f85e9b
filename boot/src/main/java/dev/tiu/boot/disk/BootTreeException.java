package dev.tiu.boot.disk;

import java.io.IOException;
import java.nio.file.Path;

/** A tree of boot files that a FAT can't hold as it is. */
public final class BootTreeException extends IOException {
  private final Path path;

  BootTreeException(Path path, String reason) {
    super(path + " can't be put on the boot partition: " + reason);
    this.path = path;
  }

  /** What is in the way. */
  public Path path() {
    return path;
  }
}
