package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiu list}. */
@Command(
    name = "list",
    description = "Show the snapshots of a device.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private JsonOption json;

  ListCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      List<SnapshotView> views = store.list().stream().map(SnapshotView::of).toList();
      if (json.isOn()) {
        context.console().json(views);
      } else {
        table(views, boot(target, store)).lines().forEach(context.console()::print);
      }
      store.problems().forEach(context.console()::note);
    }
    return ExitCode.OK.number();
  }

  /** `tiu status` says why it can't be looked at. */
  private Optional<BootView> boot(Device target, SnapshotStore store) {
    try (Boot boot = start.open(target, store)) {
      return BootView.of(boot);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static TextTable table(List<SnapshotView> views, Optional<BootView> boot) {
    TextTable table = new TextTable("#", "State", "Version", "Made", "", "Description");
    for (SnapshotView view : views) {
      table.add(
          Integer.toString(view.number()),
          Optional.ofNullable(view.state()).orElse("-"),
          Optional.ofNullable(view.version()).orElse(view.isAdopted() ? "adopted" : "-"),
          view.date().replace('T', ' ').replace("Z", ""),
          view.marks(boot.flatMap(b -> b.trialOf(view.number())).stream().toList()),
          description(view));
    }
    return table;
  }

  private static String description(SnapshotView view) {
    return view.reason() == null
        ? view.description()
        : view.description() + " (" + view.reason() + ")";
  }
}
