package dev.tiu;

import dev.tiu.boot.BootSwitch;
import dev.tiu.boot.BootTarget;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;

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
   * The order: what the image needs in the shared directories is there and synced; the switch; the
   * links in /var to what images own; the state. A cut before the switch changes nothing that
   * boots, and one after it loses nothing.
   *
   * <p>Where nothing was missing there is nothing to sync: what a killed run may have added was
   * made before the switch, and so is in its transaction or in an earlier one.
   */
  void makeDefault(Snapshot snapshot) throws IOException {
    switchTo(snapshot);
    finish(snapshot);
  }

  private void switchTo(Snapshot snapshot) throws IOException {
    if (snapshot.is(SnapshotState.STAGED) && device.addMissingShared(store, snapshot.number())) {
      device.top().syncFileSystem();
    }
    bootSwitch.makeDefault(new BootTarget(snapshot.number(), snapshot.root().orElseThrow().id()));
  }

  private void finish(Snapshot snapshot) throws IOException {
    LinkReport.print(var.fitLinks(snapshot, store.list()), snapshot, device, console);
    if (snapshot.is(SnapshotState.STAGED)) {
      store.setState(snapshot, SnapshotState.GOOD);
    }
  }
}
