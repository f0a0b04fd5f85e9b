package dev.tiu.boot.kernel;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the Raspberry Pi's firmware calls a kernel.
 *
 * <p>It takes the first of these that suits the board: {@code kernel_2712.img} (Pi 5), {@code
 * kernel8.img} (64 bits), {@code kernel7l.img}, {@code kernel7.img}, {@code kernel.img}. The suffix
 * of the version says which it is: {@code 6.6.31+rpt-rpi-v8} in Raspberry Pi OS's packages, {@code
 * 6.6.31-v8+} and {@code 6.6.31-v8-16k+} in what rpi-update brings.
 */
final class FirmwareName {
  static final Pattern FILE = Pattern.compile("kernel(_2712|8|7l|7)?\\.img");

  private static final Pattern PACKAGE = Pattern.compile(".*-rpi-(2712|v8|v7l|v7|v6)(-rt)?");
  private static final Pattern RPI_UPDATE =
      Pattern.compile("[0-9.]+(-rc[0-9]+)?-(v8-16k|v8|v7l|v7)\\+");

  private FirmwareName() {}

  static Optional<String> of(String version) {
    Matcher ofPackage = PACKAGE.matcher(version);
    if (ofPackage.matches()) {
      return Optional.of(name(ofPackage.group(1)));
    }
    Matcher update = RPI_UPDATE.matcher(version);
    return update.matches() ? Optional.of(name(update.group(2))) : Optional.empty();
  }

  private static String name(String suffix) {
    return switch (suffix) {
      case "2712", "v8-16k" -> "kernel_2712.img";
      case "v8" -> "kernel8.img";
      case "v7l" -> "kernel7l.img";
      case "v7" -> "kernel7.img";
      default -> "kernel.img";
    };
  }
}
