package dev.tiu;

import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.linux.BytePath;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    requireSysroot(device);
    return Boot.open(device, store, directory);
  }

  /** The same where none of its snapshots has settings that count yet. */
  Boot open(Device device, SnapshotStore store, LoaderSettings settings) throws IOException {
    requireSysroot(device);
    return Boot.open(device, store, directory, settings);
  }

  private void requireSysroot(Device device) throws UsageException {
    if (directory.isPresent() && device.isRunning()) {
      throw new UsageException(
          "--boot-dir goes with --sysroot. For the running system, [boot] directory in"
              + " /etc/tiu/tiu.toml says where its boot partition is");
    }
  }

  /** What starts a device that has no snapshots yet. */
  Found find(Device device, Configuration configuration) throws IOException {
    requireSysroot(device);
    LoaderSettings settings = configuration.boot().loader();
    if (directory.isPresent()) {
      return new Found(BootPartition.at(directory.get(), settings, false));
    }
    return new Found(
        device.isRunning() ? BootPartition.ofMachine(settings) : Optional.<BootPartition>empty());
  }

  /** A boot partition, if there is one. */
  record Found(Optional<BootPartition> partition) implements AutoCloseable {
    private static final BytePath PI_COMMAND_LINE = BytePath.of("cmdline.txt");
    private static final int LIMIT = 1 << 16;

    void requireReady() throws IOException {
      if (partition.isPresent()) {
        partition.get().requireReady();
      }
    }

    /** What a Raspberry Pi's firmware was told to hand to the kernel. */
    Optional<String> commandLine() throws IOException {
      if (partition.filter(p -> p.kind() == Kind.PI).isEmpty()
          || partition.get().directory().find(PI_COMMAND_LINE).isEmpty()) {
        return Optional.empty();
      }
      byte[] line = partition.get().directory().readAll(PI_COMMAND_LINE, LIMIT);
      return Optional.of(new String(line, StandardCharsets.US_ASCII).strip());
    }

    @Override
    public void close() {
      partition.ifPresent(BootPartition::close);
    }
  }
}
