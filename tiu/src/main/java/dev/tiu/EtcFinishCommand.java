package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiu etc finish}. */
@Command(
    name = "finish",
    description =
        "Bring edits into the /etc that boots next which were made since the update: before the"
            + " reboot, or after it.",
    mixinStandardHelpOptions = true)
final class EtcFinishCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  EtcFinishCommand(Context context) {
    this.context = context;
  }

  private record View(int snapshot, String outcome) {}

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        Boot boot = start.open(target, store)) {
      lock.hold(target, "etc finish", () -> finish(target, store, boot));
    }
    return ExitCode.OK.number();
  }

  private void finish(Device target, SnapshotStore store, Boot boot) throws IOException {
    if (target.isRunning() && ShutdownJobs.isRebooting()) {
      boot.askForTry();
    }
    Recovery.recover(target, store, boot, context.console());
    Snapshot next = boot.next();
    try {
      new EntryRenewal(store, boot, context.console())
          .change(next, () -> finish(target, store, boot, next));
    } catch (IOException e) {
      FailedFinish.callOff(store, boot, context.console(), next, e);
      throw e;
    }
    FailedFinish.forget(store, next);
  }

  private boolean finish(Device target, SnapshotStore store, Boot boot, Snapshot next)
      throws IOException {
    EtcFinish.Result result = new EtcFinish(target, store, context.clock()).finish(next);
    int number = result.snapshot().number();
    boolean another = number != next.number();
    if (another) {
      new Activation(target, store, boot, context.console()).replace(next, result.snapshot());
    }
    if (json.isOn()) {
      String name = result.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-');
      context.console().json(new View(number, name));
    } else {
      context.console().print(result.outcome().sentence(number));
    }
    return !another && result.outcome() != EtcFinish.Outcome.NOTHING;
  }
}
