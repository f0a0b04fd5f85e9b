package dev.tiu;

import dev.tiu.linux.LockFile;
import dev.tiu.snapshot.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which device a command works on. */
final class DeviceOptions {
  @Option(
      names = "--sysroot",
      paramLabel = "MNT",
      description =
          "Top level (subvolid 5) of a device's btrfs, mounted there. Without it: the running"
              + " system's disk.")
  private Optional<Path> sysroot = Optional.empty();

  Device open() throws IOException {
    return sysroot.isPresent() ? Device.ofSysroot(sysroot.get()) : Device.ofRunningSystem();
  }

  /** Whether it is the machine that this runs on. */
  boolean isRunning() {
    return sysroot.isEmpty();
  }

  /** How long a command that changes the device waits for another one. */
  static final class Lock {
    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        defaultValue = "0",
        description = "How long to wait for another tiu that is at work (default: not at all).")
    private int seconds;

    /** Runs {@code work} while this process is the only one that changes the device. */
    void hold(Device device, String command, Work work) throws IOException {
      String holder = "tiu %s, process %d".formatted(command, ProcessHandle.current().pid());
      LockFile lock = device.lock(holder, Duration.ofSeconds(Math.max(0, seconds)));
      try {
        work.run();
      } finally {
        lock.close();
      }
    }
  }

  /** What is done under the lock. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }
}
