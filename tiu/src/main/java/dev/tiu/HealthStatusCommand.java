package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiu health status}. */
@Command(
    name = "status",
    description = "Say in a line how the running system stands: on trial, waiting, good or bad.",
    mixinStandardHelpOptions = true)
final class HealthStatusCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;

  HealthStatusCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Optional<String> line =
        device.isRunning() ? new HealthNotice(Path.of("/")).read() : Optional.empty();
    context.console().print(line.isPresent() ? line.get() : lastReport());
    return ExitCode.OK.number();
  }

  /** Of a machine whose checks weren't begun, or of a disk that doesn't run. */
  private String lastReport() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      Snapshot snapshot = Verdicts.inUse(store);
      return HealthRecord.read(store, snapshot)
          .map(
              record ->
                  "Snapshot %d was %s at %s"
                      .formatted(
                          snapshot.number(),
                          record.good() ? "healthy" : "not healthy (" + record.reason() + ")",
                          record.time()))
          .orElse("No health checks were made while snapshot %d ran".formatted(snapshot.number()));
    }
  }
}
