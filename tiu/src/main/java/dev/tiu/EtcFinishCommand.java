package dev.tiu;

import dev.tiu.boot.DefaultSubvolume;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
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
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  EtcFinishCommand(Context context) {
    this.context = context;
  }

  private record View(int snapshot, String outcome) {}

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      lock.hold(target, "etc finish", () -> finish(target, store));
    }
    return ExitCode.OK.number();
  }

  private void finish(Device target, SnapshotStore store) throws IOException {
    Recovery.recover(target, store, context.console());
    Snapshot next =
        store.list().stream()
            .filter(snapshot -> snapshot.isDefault() && snapshot.isOurs())
            .findFirst()
            .orElseThrow(
                () ->
                    new DeviceException("the default is none of tiu's snapshots. See `tiu list`"));
    EtcFinish.Result result = new EtcFinish(target, store, context.clock()).finish(next);
    if (result.snapshot().number() != next.number()) {
      new Activation(target, store, new DefaultSubvolume(target.top()), context.console())
          .makeDefault(result.snapshot());
    }
    int number = result.snapshot().number();
    if (json.isOn()) {
      String name = result.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-');
      context.console().json(new View(number, name));
    } else {
      context.console().print(result.outcome().sentence(number));
    }
  }
}
