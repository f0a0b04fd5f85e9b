package dev.tiu.boot.loader;

import dev.tiu.linux.BytePath;
import java.util.Optional;
import java.util.UUID;

/**
 * Kernel and initrd where they lie on the system's btrfs, for a boot loader that reads it.
 *
 * @param fileSystem the btrfs's UUID
 * @param kernel below its top level, with no link on the way
 * @param initrd the same
 */
public record InPlace(UUID fileSystem, BytePath kernel, Optional<BytePath> initrd) {
  /** Checks that the paths can be written in a line. */
  public InPlace {
    checkName(kernel);
    initrd.ifPresent(InPlace::checkName);
  }

  private static void checkName(BytePath path) {
    String text = path.toString();
    if (path.isRoot()
        || text.chars().anyMatch(Character::isISOControl)
        || !BytePath.of(text).equals(path)) {
      throw new IllegalArgumentException("no path that a boot loader's script can have: " + text);
    }
  }
}
