package dev.tiu;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Layout;
import java.io.IOException;

/**
 * Says that a disk came into being as an image in a file, and may have been written to a larger one
 * since: {@code /var/lib/tiu/grow}, which {@code tiu-grow.service} asks for. It goes when the disk
 * was grown, so that a boot that was cut off before is followed by another try.
 */
final class GrowStamp {
  private static final BytePath VAR_LIB = Layout.SYSTEM.resolve("var/lib");
  private static final BytePath DIRECTORY = VAR_LIB.resolve("tiu");
  private static final BytePath STAMP = DIRECTORY.resolve("grow");

  private GrowStamp() {}

  /** Puts it there. */
  static void put(Dir top) throws IOException {
    if (top.find(VAR_LIB).isEmpty()) {
      top.makeDir(VAR_LIB, 0755);
    }
    if (top.find(DIRECTORY).isEmpty()) {
      top.makeDir(DIRECTORY, 0755);
    }
    top.writeAtomically(STAMP, new byte[0], 0644);
  }

  /** Takes it away. */
  static void remove(Dir top) throws IOException {
    if (top.removeIfThere(STAMP)) {
      try (Dir directory = top.openDir(DIRECTORY)) {
        directory.sync();
      }
    }
  }
}
