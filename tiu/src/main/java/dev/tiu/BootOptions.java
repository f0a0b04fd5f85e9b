package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where what starts a device is, for commands that look at it or change it. */
final class BootOptions {
  @Option(
      names = "--boot-dir",
      paramLabel = "DIR",
      description = "With --sysroot: where the boot partition of that disk is mounted.")
  private Optional<Path> directory = Optional.empty();

  /** What that device boots. */
  Boot open(Device device, SnapshotStore store) throws IOException {
    if (directory.isPresent() && device.isRunning()) {
      throw new UsageException(
          "--boot-dir goes with --sysroot. For the running system, [boot] directory in"
              + " /etc/tiu/tiu.toml says where its boot partition is");
    }
    return Boot.open(device, store, directory);
  }
}
