package dev.tiu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The names that a device answers to. */
final class DeviceNames {
  /** NUL-separated, the most specific first (Devicetree Specification 2.3.1, "compatible"). */
  private static final Path DEVICE_TREE = Path.of("/proc/device-tree/compatible");

  private DeviceNames() {}

  /**
   * What is given on the command line; else what the device's configuration says; else, on the
   * running system, what its device tree says.
   */
  static List<String> of(Optional<String> given, Configuration configuration, boolean running)
      throws IOException {
    if (given.isPresent()) {
      return List.of(given.get());
    }
    if (!configuration.compatible().isEmpty() || !running || !Files.exists(DEVICE_TREE)) {
      return configuration.compatible();
    }
    String names = new String(Files.readAllBytes(DEVICE_TREE), StandardCharsets.US_ASCII);
    return Arrays.stream(names.split("\0")).filter(name -> !name.isEmpty()).toList();
  }
}
