package dev.tiu.boot.disk;

import java.io.IOException;
import java.nio.file.Path;

/** A path that isn't a whole disk which can be written. */
public final class NotADiskException extends IOException {
  private final Path path;

  NotADiskException(Path path, String reason) {
    super(path + " " + reason);
    this.path = path;
  }

  /** What was taken for one. */
  public Path path() {
    return path;
  }
}
