package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Retention;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tiu gc}. */
@Command(
    name = "gc",
    description = {
      "Remove snapshots that serve no purpose: half-built and bad ones, and with --keep old ones.",
      "The booted, the default and the last good snapshot besides it are never removed."
    },
    mixinStandardHelpOptions = true)
final class GcCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Keep the newest N whole snapshots (default: all).")
  private Optional<Integer> keep = Optional.empty();

  GcCommand(Context context) {
    this.context = context;
  }

  private record Result(List<Integer> removed, List<Integer> kept) {}

  @Override
  public Integer call() throws IOException {
    if (keep.filter(n -> n < 1).isPresent()) {
      throw new UsageException("--keep " + keep.get() + ": at least one snapshot is kept");
    }
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        Boot boot = start.open(target, store)) {
      lock.hold(target, "gc", () -> collect(target, store, boot));
    }
    return ExitCode.OK.number();
  }

  private void collect(Device target, SnapshotStore store, Boot boot) throws IOException {
    Recovery.recover(target, store, boot, context.console());
    List<Snapshot> all = store.list();
    List<Snapshot> doomed = new ArrayList<>(Retention.useless(all));
    keep.ifPresent(n -> doomed.addAll(Retention.surplus(all, n)));
    report(new Pruning(store, boot).remove(doomed), store.list());
  }

  private void report(List<Snapshot> removed, List<Snapshot> kept) {
    List<Integer> gone = removed.stream().map(Snapshot::number).toList();
    if (json.isOn()) {
      List<Integer> left = kept.stream().map(Snapshot::number).toList();
      context.console().json(new Result(gone, left));
    } else if (gone.isEmpty()) {
      context.console().print("Nothing to remove");
    } else {
      for (Snapshot snapshot : removed) {
        context
            .console()
            .print(
                "Removed snapshot %d (%s)"
                    .formatted(snapshot.number(), snapshot.info().state().orElseThrow().label()));
      }
    }
  }
}
