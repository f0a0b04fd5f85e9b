package dev.tiu.linux.testing;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The partitions that the kernel knows of a loop device. */
public final class Partitions {
  private static final int TRIES = 100;
  private static final int MILLIS_BETWEEN = 100;

  private Partitions() {}

  /**
   * Has it know none any more. One that is left stays with the device, whichever file that has
   * next. Whoever looks at all disks of the machine, such as mkfs.btrfs, keeps one for a moment.
   */
  public static void forget(Path device) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Command.of("partx", "--delete", device.toString()).accepting(1).run();
      if (!has(device.getFileName().toString())) {
        return;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(MILLIS_BETWEEN);
      } catch (InterruptedException e) {
        throw new IOException("interrupted while partitions of " + device + " are in use", e);
      }
    }
    throw new IOException("partitions of " + device + " are in use");
  }

  private static boolean has(String name) throws IOException {
    try (var entries = Files.newDirectoryStream(Path.of("/sys/block", name), name + "p*")) {
      return entries.iterator().hasNext();
    }
  }
}
