package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu health report}. */
@Command(
    name = "report",
    description = "Show what the health checks found when a snapshot ran last.",
    mixinStandardHelpOptions = true)
final class HealthReportCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private JsonOption json;

  @Parameters(
      paramLabel = "N",
      arity = "0..1",
      description = "Which snapshot (default: the one that runs, or else the default).")
  private Optional<Integer> number = Optional.empty();

  HealthReportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      Snapshot snapshot =
          number.isPresent() ? Verdicts.choose(store, number) : Verdicts.inUse(store);
      show(store, snapshot);
    }
    return ExitCode.OK.number();
  }

  private void show(SnapshotStore store, Snapshot snapshot) throws IOException {
    Optional<HealthRecord> record = HealthRecord.read(store, snapshot);
    Console console = context.console();
    if (record.isEmpty()) {
      console.note("No health checks were made while snapshot %d ran".formatted(snapshot.number()));
    } else if (json.isOn()) {
      console.json(record.get());
    } else {
      console.print(
          "Snapshot %d was %s at %s%s"
              .formatted(
                  snapshot.number(),
                  record.get().good() ? "healthy" : "not healthy",
                  record.get().time(),
                  record.get().reason() == null ? "" : ": " + record.get().reason()));
      record.get().print(console);
    }
  }
}
