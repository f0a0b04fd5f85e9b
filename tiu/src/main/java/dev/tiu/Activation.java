package dev.tiu;

import dev.tiu.boot.BootSwitch;
import dev.tiu.boot.BootTarget;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/** Makes a whole snapshot the one that boots. */
final class Activation {
  private final Device device;
  private final SnapshotStore store;
  private final BootSwitch bootSwitch;
  private final Console console;
  private final SharedVar var;

  Activation(Device device, SnapshotStore store, BootSwitch bootSwitch, Console console) {
    this.device = device;
    this.store = store;
    this.bootSwitch = bootSwitch;
    this.console = console;
    this.var = new SharedVar(device, store);
  }

  /**
   * The order: /var is kept for the snapshot that is left; what the image needs in the shared
   * directories is there and synced; the switch; the owners of what images brought into /var, where
   * those are others now; the links in it to what images own; the state. A cut before the switch
   * changes nothing that boots, and one after it loses nothing.
   *
   * <p>Where nothing was missing there is nothing to sync: what a killed run may have added was
   * made before the switch, and so is in its transaction or in an earlier one.
   */
  void makeDefault(Snapshot snapshot) throws IOException {
    Optional<Snapshot> left = var.user().filter(user -> user.number() != snapshot.number());
    if (left.isPresent()) {
      keepVar(left.get());
    }
    switchTo(snapshot);
    finish(snapshot);
  }

  /**
   * The same with /var as the snapshot keeps it, which may be the default already. What took its
   * place until now is kept for the snapshot that is left, or if there is none, for this one.
   */
  void makeDefaultWithVar(Snapshot snapshot) throws IOException {
    Snapshot left = var.user().orElse(snapshot);
    var.prepare(snapshot, left);
    try {
      if (!snapshot.isDefault()) {
        if (left.number() != snapshot.number()) {
          // Should this end between the switch and the exchange.
          keepVar(left);
        }
        switchTo(snapshot);
      }
    } catch (IOException e) {
      discard(left, e);
      throw e;
    }
    var.exchange(left);
    finish(snapshot);
  }

  /** No reason not to switch: it is for a rollback that nobody may ever want. */
  private void keepVar(Snapshot left) throws IOException {
    if (!var.keepFor(left)) {
      console.note(
          "/var isn't kept for snapshot %d: a swap file in it is in use, and btrfs can't make a"
                  .formatted(left.number())
              + " snapshot then. Put it on a subvolume of its own");
    }
  }

  private void discard(Snapshot left, IOException cause) {
    try {
      var.discard(left);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void switchTo(Snapshot snapshot) throws IOException {
    if (snapshot.is(SnapshotState.STAGED) && device.addMissingShared(store, snapshot.number())) {
      device.top().syncFileSystem();
    }
    bootSwitch.makeDefault(new BootTarget(snapshot.number(), snapshot.root().orElseThrow().id()));
  }

  private void finish(Snapshot snapshot) throws IOException {
    Renumbered.complete(device, store, snapshot);
    LinkReport.print(var.fitLinks(snapshot, store.list()), snapshot, device, console);
    if (snapshot.is(SnapshotState.STAGED)) {
      store.setState(snapshot, SnapshotState.GOOD);
    }
  }
}
