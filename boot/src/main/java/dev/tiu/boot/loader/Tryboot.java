package dev.tiu.boot.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The running kernel's way to tell the Raspberry Pi's firmware to boot tryboot.txt once. */
final class Tryboot {
  private static final Path RELEASE = Path.of("/proc/sys/kernel/osrelease");

  /**
   * What systemd gives the kernel at the next reboot, as {@code systemctl reboot
   * --reboot-argument=} writes it there; without that option {@code systemctl} leaves it.
   */
  private static final Path REBOOT_PARAMETER = Path.of("/run/systemd/reboot-param");

  private static final String ONCE = "0 tryboot";

  private Tryboot() {}

  /** Has the next reboot of the running machine, whoever asks for it, be one into tryboot.txt. */
  static void request() throws IOException {
    Files.createDirectories(REBOOT_PARAMETER.getParent());
    Files.writeString(REBOOT_PARAMETER, ONCE + "\n");
  }

  /** Takes that back. */
  static void forget() throws IOException {
    if (Files.exists(REBOOT_PARAMETER) && Files.readString(REBOOT_PARAMETER).strip().equals(ONCE)) {
      Files.delete(REBOOT_PARAMETER);
    }
  }

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
