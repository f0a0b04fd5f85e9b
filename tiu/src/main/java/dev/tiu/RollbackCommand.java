package dev.tiu;

import dev.tiu.boot.DefaultSubvolume;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Retention;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu rollback}. */
@Command(
    name = "rollback",
    description = "Make another snapshot the default: the one before, or number N.",
    mixinStandardHelpOptions = true)
final class RollbackCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  @Parameters(
      paramLabel = "N",
      arity = "0..1",
      description =
          "Which snapshot (default: the one that the present default was made from, or else the"
              + " newest good one before it).")
  private Optional<Integer> number = Optional.empty();

  RollbackCommand(Context context) {
    this.context = context;
  }

  private record Result(SnapshotView isDefault, boolean changed) {}

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      lock.hold(target, "rollback", () -> rollBack(target, store));
    }
    return ExitCode.OK.number();
  }

  private void rollBack(Device target, SnapshotStore store) throws IOException {
    Recovery.recover(target, store, context.console());
    Snapshot chosen = choose(store.list());
    boolean changes = !chosen.isDefault();
    if (chosen.is(SnapshotState.STAGED)) {
      context
          .console()
          .note(
              "The /etc of snapshot %d was merged when it was made, %s. What was edited since isn't"
                      .formatted(chosen.number(), chosen.info().date())
                  + " in it; the same `tiu update` again instead merges it anew");
    }
    if (changes) {
      new Activation(target, store, new DefaultSubvolume(target.top()), context.console())
          .makeDefault(chosen);
    }
    report(target, store.find(chosen.number()).orElseThrow(), changes);
  }

  private Snapshot choose(List<Snapshot> all) throws IOException {
    if (number.isEmpty()) {
      return Retention.before(all)
          .orElseThrow(
              () ->
                  new DeviceException(
                      "there is no good snapshot before the present default. `tiu list` shows"
                          + " those that there are"));
    }
    Snapshot chosen =
        all.stream()
            .filter(s -> s.number() == number.get())
            .findFirst()
            .orElseThrow(
                () ->
                    new DeviceException(
                        "there is no snapshot %d. `tiu list` shows those that there are"
                            .formatted(number.get())));
    if (!chosen.isBootable()) {
      throw new DeviceException(
          "snapshot %d can't be booted: %s. The default stays as it is"
              .formatted(chosen.number(), why(chosen)));
    }
    return chosen;
  }

  private static String why(Snapshot snapshot) {
    if (!snapshot.isOurs()) {
      return "tiu didn't make it";
    }
    if (snapshot.is(SnapshotState.BAD)) {
      return "it is bad, " + snapshot.info().reason().orElse("for a reason that wasn't noted");
    }
    return snapshot.is(SnapshotState.BUILDING) ? "it is only half built" : "its root is missing";
  }

  private void report(Device target, Snapshot chosen, boolean changed) {
    if (json.isOn()) {
      context.console().json(new Result(SnapshotView.of(chosen), changed));
      return;
    }
    String version = chosen.info().image().map(image -> image.version()).orElse("unknown");
    context
        .console()
        .print(
            changed
                ? "Snapshot %d, version %s, is the default%s"
                    .formatted(
                        chosen.number(), version, target.isRunning() ? "; it boots next" : "")
                : "Snapshot %d, version %s, already is the default"
                    .formatted(chosen.number(), version));
  }
}
