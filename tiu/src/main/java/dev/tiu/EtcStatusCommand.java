package dev.tiu;

import dev.tiu.etcmerge.EtcChanges;
import dev.tiu.etcmerge.Policies;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiu etc status}. */
@Command(
    name = "status",
    description = "Show what this machine changed in /etc against its image.",
    mixinStandardHelpOptions = true)
final class EtcStatusCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private JsonOption json;

  EtcStatusCommand(Context context) {
    this.context = context;
  }

  private record View(String path, String change, String policy) {}

  private record Result(int snapshot, List<View> changes) {}

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        EtcPlace etc = EtcPlace.ofRunning(store)) {
      Policies policies = etc.policies(store);
      List<View> views =
          EtcChanges.between(etc.shipped(), etc.live()).stream()
              .map(change -> view(change, policies))
              .toList();
      if (json.isOn()) {
        context.console().json(new Result(etc.number(), views));
      } else {
        print(views);
        if (store.find(etc.number()).filter(Snapshot::isAdopted).isPresent()) {
          context
              .console()
              .note(
                  "Snapshot %d was adopted: of what its packages shipped, only configuration files that"
                          .formatted(etc.number())
                      + " nobody changed are known. The rest counts as added here");
        }
      }
    }
    return ExitCode.OK.number();
  }

  private static View view(EtcChanges.Change change, Policies policies) {
    return new View(
        "/etc/" + change.path(),
        change.kind().name().toLowerCase(Locale.ROOT),
        policies.of(change.path()).label());
  }

  private void print(List<View> views) {
    for (View view : views) {
      String policy = view.policy().equals("merge") ? "" : "  (policy " + view.policy() + ")";
      context.console().print("%-9s %s%s".formatted(view.change(), view.path(), policy));
    }
    if (views.isEmpty()) {
      context.console().print("/etc is as the image ships it");
    }
  }
}
