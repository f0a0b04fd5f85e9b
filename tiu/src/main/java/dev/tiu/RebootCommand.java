package dev.tiu;

import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tiu reboot}. */
@Command(
    name = "reboot",
    description = {
      "Reboot the running machine: unless a hook or an inhibitor lock is against it, and with a warning"
          + " for those who are logged in."
    },
    mixinStandardHelpOptions = true)
final class RebootCommand implements Callable<Integer> {
  private static final Path ROOT = Path.of("/");

  private final Context context;

  @Option(
      names = "--if-needed",
      description =
          "Only if an automatic update waits for it, and as [update] reboot says: what"
              + " tiu-reboot.service runs.")
  private boolean ifNeeded;

  RebootCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    UpdateSettings settings = Configuration.ofMachine().update();
    RebootRequest request = new RebootRequest(ROOT, settings, context.clock(), context.console());
    Optional<String> reason = new RebootNeed(ROOT).read();
    if (!ifNeeded) {
      request.whenPossible(reason);
    } else if (isNeeded()) {
      request.byPolicy(reason);
    }
    return ExitCode.OK.number();
  }

  /** Not any more when what runs was made the default, or what was to be tried is bad. */
  private boolean isNeeded() throws IOException {
    RebootNeed need = new RebootNeed(ROOT);
    if (need.read().isEmpty()) {
      return false;
    }
    try (Device device = Device.ofRunningSystem();
        SnapshotStore store = device.snapshots();
        Boot boot = Boot.open(device, store, Optional.empty())) {
      if (boot.findNext().filter(Snapshot::isBooted).isPresent()) {
        context.console().print("No reboot is needed any more: what runs is what boots next");
        need.forget();
        return false;
      }
    }
    return true;
  }
}
