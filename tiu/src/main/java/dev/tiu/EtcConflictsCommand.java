package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiu etc conflicts}. */
@Command(
    name = "conflicts",
    description = "List what the last update left for somebody to look at in /etc.",
    mixinStandardHelpOptions = true)
final class EtcConflictsCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private JsonOption json;

  EtcConflictsCommand(Context context) {
    this.context = context;
  }

  private record Result(int snapshot, List<EtcConflictView> conflicts) {}

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        EtcPlace etc = EtcPlace.ofDefault(store)) {
      List<EtcConflictView> conflicts =
          etc.report().open(etc.live()).stream().map(EtcConflictView::of).toList();
      if (json.isOn()) {
        context.console().json(new Result(etc.number(), conflicts));
        return ExitCode.OK.number();
      }
      for (EtcConflictView conflict : conflicts) {
        context.console().print(conflict.path() + ": " + conflict.reason());
      }
      context
          .console()
          .print(
              conflicts.isEmpty()
                  ? "No conflicts in /etc of snapshot %d".formatted(etc.number())
                  : "`tiu etc resolve PATH` with --local, --image or --edit settles one");
    }
    return ExitCode.OK.number();
  }
}
