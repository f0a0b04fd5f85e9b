package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu mark-good}. */
@Command(
    name = "mark-good",
    description =
        "End the trial of the system that runs: it becomes the default. With N: note of another"
            + " snapshot that it may be booted.",
    mixinStandardHelpOptions = true)
final class MarkGoodCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private DeviceOptions.Lock lock;

  @Parameters(
      paramLabel = "N",
      arity = "0..1",
      description = "Which snapshot (default: the one that runs).")
  private Optional<Integer> number = Optional.empty();

  MarkGoodCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        Boot boot = start.open(target, store)) {
      lock.hold(target, "mark-good", () -> mark(target, store, boot));
    }
    return ExitCode.OK.number();
  }

  private void mark(Device target, SnapshotStore store, Boot boot) throws IOException {
    Recovery.recover(target, store, boot, context.console());
    Snapshot chosen = Verdicts.choose(store, number);
    if (chosen.is(SnapshotState.BUILDING) || chosen.root().isEmpty()) {
      throw new DeviceException(
          "snapshot %d isn't whole, so it can't be good. Nothing was changed"
              .formatted(chosen.number()));
    }
    boolean tried = boot.trial().filter(t -> t.number() == chosen.number()).isPresent();
    if (chosen.isBooted() && tried) {
      new Activation(target, store, boot, context.console()).accept(chosen);
      context.console().print("Snapshot %d is good, and the default".formatted(chosen.number()));
    } else if (chosen.is(SnapshotState.GOOD)) {
      context.console().print("Snapshot %d is good already".formatted(chosen.number()));
    } else {
      store.setState(chosen, SnapshotState.GOOD);
      context
          .console()
          .print(
              "Snapshot %d is good. `tiu rollback %d` makes it the default"
                  .formatted(chosen.number(), chosen.number()));
    }
  }
}
