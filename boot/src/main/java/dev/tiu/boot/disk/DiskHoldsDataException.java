package dev.tiu.boot.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A disk, or an image file, with something on it that nobody has said may be lost. */
public final class DiskHoldsDataException extends IOException {
  private final Path disk;
  private final transient List<String> content;

  DiskHoldsDataException(Path disk, List<String> content, Consent consent) {
    super(
        "%s holds data: %s. All of it would be lost. ".formatted(disk, String.join("; ", content))
            + advice(disk, consent.named()));
    this.disk = disk;
    this.content = List.copyOf(content);
  }

  private static String advice(Path disk, Optional<String> named) {
    return named
        .map(name -> "The consent names %s, and not %s".formatted(name, disk))
        .orElse("If that is meant, say so by the disk's name: --force " + disk);
  }

  /** The disk. */
  public Path disk() {
    return disk;
  }

  /** What it holds, for people: {@code /dev/sdb1: btrfs 'photos'}. */
  public List<String> content() {
    return content;
  }
}
