package dev.tiu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The hardware's watchdogs, by {@code /sys/class/watchdog}. */
final class Watchdogs {
  private static final Path CLASS = Path.of("sys/class/watchdog");

  /** The modules that use the kernel's part for watchdogs. */
  private static final Path USERS = Path.of("sys/module/watchdog/holders");

  private static final String IN_SOFTWARE = "softdog";

  private Watchdogs() {}

  /**
   * The kernel's drivers of those that the running machine has, each after those of what its device
   * hangs on, without which there is no such device: an Intel chipset's on lpc_ich or i2c_i801.
   *
   * @param root where {@code sys} is
   */
  static List<String> drivers(Path root) throws IOException {
    Set<String> drivers = new LinkedHashSet<>();
    boolean isAnyUnknown = false;
    for (Path watchdog : entries(root.resolve(CLASS))) {
      Path device = watchdog.resolve("device");
      if (Files.exists(device)) {
        drivers.addAll(driversOf(device.toRealPath(), root.toRealPath()));
      } else {
        isAnyUnknown = true;
      }
    }
    if (isAnyUnknown) {
      // Some drivers, as i6300esb, don't tell the kernel of their device; neither has one in
      // software.
      for (Path user : entries(root.resolve(USERS))) {
        drivers.add(String.valueOf(user.getFileName()));
      }
      drivers.remove(IN_SOFTWARE);
    }
    return List.copyOf(drivers);
  }

  private static List<String> driversOf(Path device, Path root) throws IOException {
    ArrayDeque<String> drivers = new ArrayDeque<>();
    for (Path at = device; at != null && !at.equals(root); at = at.getParent()) {
      Path driver = at.resolve("driver");
      if (Files.exists(driver) && (at.equals(device) || Files.exists(driver.resolve("module")))) {
        drivers.addFirst(name(driver));
      }
    }
    return List.copyOf(drivers);
  }

  private static List<Path> entries(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  /** Of its module, which may be called otherwise, if it is one. */
  private static String name(Path driver) throws IOException {
    Path module = driver.resolve("module");
    Path found = (Files.exists(module) ? module : driver).toRealPath();
    return String.valueOf(found.getFileName());
  }
}
