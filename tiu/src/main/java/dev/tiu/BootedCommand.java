package dev.tiu;

import dev.tiu.boot.loader.LoaderState;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiu booted}. */
@Command(
    name = "booted",
    description =
        "What tiu-booted.service runs early in each boot: finish /etc after a power cut, keep /var"
            + " for the system that was left, and note whether this is a trial.",
    mixinStandardHelpOptions = true)
final class BootedCommand implements Callable<Integer> {
  private final Context context;
  private Optional<IOException> problem = Optional.empty();

  @Mixin private DeviceOptions.Lock lock;

  BootedCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Device device = Device.ofRunningSystem();
        SnapshotStore store = device.snapshots()) {
      try (Boot boot = open(device, store)) {
        lock.hold(device, "booted", () -> arrive(device, store, boot));
      }
    }
    if (problem.isPresent()) {
      throw problem.get();
    }
    return ExitCode.OK.number();
  }

  /** /etc and /var are put right also where the boot partition can't be looked at. */
  private Boot open(Device device, SnapshotStore store) {
    try {
      Boot boot = Boot.open(device, store, Optional.empty());
      boolean read = false;
      try {
        Optional<LoaderState> unused = boot.state();
        read = true;
        return boot;
      } finally {
        if (!read) {
          boot.close();
        }
      }
    } catch (IOException e) {
      problem = Optional.of(e);
      return Boot.withoutLoader(device, store);
    }
  }

  private void arrive(Device device, SnapshotStore store, Boot boot) throws IOException {
    Console console = context.console();
    Arrival arrival = new Arrival(device, store, boot, console, context.clock());
    BootRole role = arrival.run();
    if (!arrival.isComplete() && problem.isEmpty()) {
      problem =
          Optional.of(
              new DeviceException(
                  "not all that belongs to this boot could be done, as said above. The system runs,"
                      + " and the other steps were made; `tiu booted` again, or the next boot,"
                      + " does what is left"));
    }
    int number =
        store.list().stream().filter(Snapshot::isBooted).findFirst().orElseThrow().number();
    console.print(
        switch (role) {
          case DEFAULT -> "Snapshot %d, the default, has booted".formatted(number);
          case TRIAL ->
              "Snapshot %d has booted on trial. `tiu mark-good` makes it the default"
                  .formatted(number);
          case CHOSEN ->
              ("Snapshot %d has booted, which isn't the default: it was chosen in the boot menu."
                      + " `tiu rollback %d` makes it the default")
                  .formatted(number, number);
        });
  }
}
