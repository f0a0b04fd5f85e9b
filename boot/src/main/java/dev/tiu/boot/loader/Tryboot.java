package dev.tiu.boot.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the running kernel can tell the Raspberry Pi's firmware to boot tryboot.txt once. */
final class Tryboot {
  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");

  private Tryboot() {}

  /**
   * By its name: only the Raspberry Pi kernel has the code, as {@code 6.6.31+rpt-rpi-v8} or {@code
   * 6.1.21-v8+}. Debian's {@code 6.1.0-40-arm64} hasn't.
   */
  static boolean isSupported() throws IOException {
    return isSupported(Files.readString(RELEASE).strip());
  }

  static boolean isSupported(String release) {
    return release.contains("rpi") || release.matches(".*-v[678]l?(-16k)?\\+?");
  }
}
