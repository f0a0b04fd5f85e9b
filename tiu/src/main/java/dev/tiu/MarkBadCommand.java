package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu mark-bad}. */
@Command(
    name = "mark-bad",
    description =
        "End the trial of the system that runs: the next boot is the default's, and its image isn't"
            + " installed again. With N: the same of another snapshot.",
    mixinStandardHelpOptions = true)
final class MarkBadCommand implements Callable<Integer> {
  private static final int MOST_CHARACTERS = 500;

  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private DeviceOptions.Lock lock;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for `tiu list`.")
  private Optional<String> reason = Optional.empty();

  @Parameters(
      paramLabel = "N",
      arity = "0..1",
      description = "Which snapshot (default: the one that runs).")
  private Optional<Integer> number = Optional.empty();

  MarkBadCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    String why = reason.orElse("marked bad by hand");
    if (why.length() > MOST_CHARACTERS || why.chars().anyMatch(Character::isISOControl)) {
      throw new UsageException("--reason: one line of at most 500 characters");
    }
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        Boot boot = start.open(target, store)) {
      lock.hold(target, "mark-bad", () -> mark(target, store, boot, why));
    }
    return ExitCode.OK.number();
  }

  private void mark(Device target, SnapshotStore store, Boot boot, String why) throws IOException {
    Recovery.recover(target, store, boot, context.console());
    Snapshot chosen = Verdicts.choose(store, number);
    if (chosen.isDefault()) {
      throw new DeviceException(
          "snapshot %d is the default, which can't be bad. Nothing was changed; `tiu rollback`"
                  .formatted(chosen.number())
              + " makes another one the default first");
    }
    // The verdict first: without it, a trial that was ended could be begun again.
    store.setBad(chosen, why);
    if (boot.trial().filter(t -> t.number() == chosen.number()).isPresent()) {
      boot.disarm();
    }
    context.console().print("Snapshot %d is bad: %s".formatted(chosen.number(), why));
  }
}
