package dev.tiu;

import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A trial of which boots are left when the default runs: some boot loaders start that after a boot
 * of the trial that didn't come up. A machine that reboots by itself for an update does so again.
 *
 * <p>But not if that has changed nothing: {@code N/tiu/gone-on} has the tries that were left the
 * last time. A boot loader that doesn't count would have the machine reboot for ever.
 */
final class ContinuedTrial {
  private static final Path ROOT = Path.of("/");
  private static final SnapshotNote NOTE = new SnapshotNote("gone-on");

  private final SnapshotStore store;
  private final Boot boot;
  private final Console console;

  ContinuedTrial(SnapshotStore store, Boot boot, Console console) {
    this.store = store;
    this.boot = boot;
    this.console = console;
  }

  /** After a good verdict on what runs. */
  void goOn(Snapshot booted, RebootPolicy policy) throws IOException {
    Optional<Trial> trial =
        boot.trial().filter(t -> t.triesLeft() > 0 && t.number() != booted.number());
    Optional<Snapshot> tried =
        trial.isPresent() ? store.find(trial.get().number()) : Optional.empty();
    if (tried.isEmpty()
        || !booted.isDefault()
        || (policy != RebootPolicy.NOW && policy != RebootPolicy.WINDOW)) {
      return;
    }
    BootNumber now =
        new BootNumber(BootNumber.thisBoot(), boot.triesLeftNow(tried.get(), trial.get()));
    Optional<BootNumber> before = BootNumber.read(NOTE, store, tried.get(), 1);
    if (before
        .filter(b -> b.number() == now.number() && !b.bootId().equals(now.bootId()))
        .isPresent()) {
      console.note(
          "Snapshot %d is still to be tried, as it was at the last boot: the boot loader doesn't try it, or doesn't count. So the machine doesn't reboot by itself; `tiu reboot` does, `tiu mark-bad %d` ends the trial"
              .formatted(tried.get().number(), tried.get().number()));
      return;
    }
    now.write(NOTE, store, tried.get());
    new RebootNeed(ROOT).note("Snapshot %d is still to be tried".formatted(tried.get().number()));
  }
}
