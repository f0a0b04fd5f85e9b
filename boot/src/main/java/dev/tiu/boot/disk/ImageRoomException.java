package dev.tiu.boot.disk;

import java.io.IOException;
import java.nio.file.Path;

/** An image that couldn't be written for want of room where it lies. */
public final class ImageRoomException extends IOException {
  private final Path image;

  ImageRoomException(Path image, IOException cause) {
    super(
        "the file system that %s should be on is full, so it was removed again; make room, or write"
                .formatted(image)
            + " it elsewhere",
        cause);
    this.image = image;
  }

  /** The image that isn't there now. */
  public Path image() {
    return image;
  }
}
