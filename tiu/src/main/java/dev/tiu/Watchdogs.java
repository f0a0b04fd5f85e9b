package dev.tiu;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** The hardware's watchdogs, by {@code /sys/class/watchdog}. */
final class Watchdogs {
  private static final Path CLASS = Path.of("sys/class/watchdog");

  private Watchdogs() {}

  /**
   * The kernel's drivers of those that the running machine has. One in software has no device.
   *
   * @param root where {@code sys} is
   */
  static List<String> drivers(Path root) throws IOException {
    TreeSet<String> drivers = new TreeSet<>();
    Path all = root.resolve(CLASS);
    if (Files.isDirectory(all)) {
      try (DirectoryStream<Path> watchdogs = Files.newDirectoryStream(all)) {
        for (Path watchdog : watchdogs) {
          Path driver = watchdog.resolve("device/driver");
          if (Files.exists(driver)) {
            drivers.add(name(driver));
          }
        }
      }
    }
    return List.copyOf(drivers);
  }

  /** Of its module, which may be called otherwise, if it is one. */
  private static String name(Path driver) throws IOException {
    Path module = driver.resolve("module");
    Path found = (Files.exists(module) ? module : driver).toRealPath();
    return String.valueOf(found.getFileName());
  }
}
