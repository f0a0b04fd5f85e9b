package dev.tiu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tells this boot of the machine from all others: the kernel makes it up at each start. */
final class BootId {
  private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  static String read() throws IOException {
    return Files.readString(FILE).strip();
  }
}
