package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchdogsTest {
  @TempDir private Path root;

  /** A device of the kernel's with its driver, which is a module or not. */
  private Path device(String path, String driver, boolean isModule) throws IOException {
    Path device = Files.createDirectories(root.resolve("sys/devices").resolve(path));
    Path drivers = Files.createDirectories(root.resolve("sys/bus/drivers").resolve(driver));
    Files.createSymbolicLink(device.resolve("driver"), drivers);
    if (isModule) {
      Path module = Files.createDirectories(root.resolve("sys/module").resolve(driver));
      Files.createSymbolicLink(drivers.resolve("module"), module);
    }
    return device;
  }

  private Path watchdog(String name) throws IOException {
    return Files.createDirectories(root.resolve("sys/class/watchdog").resolve(name));
  }

  private void holds(String module) throws IOException {
    Files.createDirectories(root.resolve("sys/module/watchdog/holders").resolve(module));
  }

  @Test
  void machine_without_one_has_no_driver() throws Exception {
    assertThat(Watchdogs.drivers(root)).isEmpty();
  }

  @Test
  void driver_comes_after_that_of_what_its_device_hangs_on() throws Exception {
    Path port = device("pci0000:00", "pcieport", false);
    Path bridge = device("pci0000:00/0000:00:1f.0", "lpc_ich", true);
    Path timer = device("pci0000:00/0000:00:1f.0/iTCO_wdt.1.auto", "iTCO_wdt", true);
    assertThat(timer).startsWith(bridge).startsWith(port);
    Files.createSymbolicLink(watchdog("watchdog0").resolve("device"), timer);
    assertThat(Watchdogs.drivers(root)).containsExactly("lpc_ich", "iTCO_wdt");
  }

  @Test
  void one_that_names_no_device_is_found_among_the_modules_that_drive_watchdogs() throws Exception {
    watchdog("watchdog0");
    holds("i6300esb");
    holds("softdog");
    assertThat(Watchdogs.drivers(root)).containsExactly("i6300esb");
  }
}
