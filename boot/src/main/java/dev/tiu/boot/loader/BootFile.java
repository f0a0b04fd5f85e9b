package dev.tiu.boot.loader;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;

/**
 * A file that a boot loader reads.
 *
 * @param name below the directory of its set: {@code linux}, {@code overlays/x.dtbo}
 * @param from the handle that it is read through, which stays open meanwhile
 * @param path below that; links are followed inside it
 */
public record BootFile(BytePath name, Dir from, BytePath path) {
  /** The kernel, for a loader that takes one whatever its name. */
  public static final BytePath KERNEL = BytePath.of("linux");

  /** Its initrd. */
  public static final BytePath INITRD = BytePath.of("initrd");

  /** The directory of device trees. */
  public static final BytePath DEVICE_TREES = BytePath.of("dtbs");

  /** Checks the name. */
  public BootFile {
    if (name.isRoot() || name.equals(BootSets.LISTING)) {
      throw new IllegalArgumentException("no name for a boot file: \"" + name + "\"");
    }
  }
}
