package dev.tiu;

import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.loader.UntriableException;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/** Makes a whole snapshot the one that boots, or that is tried. */
final class Activation {
  private final Device device;
  private final SnapshotStore store;
  private final Boot boot;
  private final Console console;
  private final SharedVar var;

  Activation(Device device, SnapshotStore store, Boot boot, Console console) {
    this.device = device;
    this.store = store;
    this.boot = boot;
    this.console = console;
    this.var = new SharedVar(device, store);
  }

  /**
   * Boots it from now on.
   *
   * <p>The order: its boot files and its entry; /var is kept for the snapshot that is left; what
   * the image needs in the shared directories is there and synced; from whom it takes over; the
   * switch; the owners of what images brought into /var, where those are others now; the links in
   * it to what images own; the state. A cut before the switch changes nothing that boots, and one
   * after it loses nothing.
   *
   * <p>Where nothing was missing there is nothing to sync: what a killed run may have added was
   * made before the switch, and so is in its transaction or in an earlier one.
   */
  void makeDefault(Snapshot snapshot, Initrds initrds) throws IOException {
    boot.publish(snapshot, initrds);
    // Of two that were adopted, the earlier one has never run, and so has no /var to be kept.
    Optional<Snapshot> left =
        var.user()
            .filter(user -> user.number() != snapshot.number())
            .filter(user -> !(user.isAdopted() && snapshot.isAdopted()));
    if (left.isPresent()) {
      Takeover.keepVar(var, left.get(), console);
      Takeover.write(store, snapshot, left.get());
    }
    switchTo(snapshot);
    finish(snapshot);
  }

  /**
   * The same with /var as the snapshot keeps it, which may be the default already. What took its
   * place until now is kept for the snapshot that is left, or if there is none, for this one.
   */
  void makeDefaultWithVar(Snapshot snapshot, Initrds initrds) throws IOException {
    if (!snapshot.isDefault()) {
      boot.publish(snapshot, initrds);
    }
    Snapshot left = var.user().orElse(snapshot);
    var.prepare(snapshot, left);
    try {
      if (!snapshot.isDefault()) {
        if (left.number() != snapshot.number()) {
          // Should this end between the switch and the exchange.
          Takeover.keepVar(var, left, console);
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

  /**
   * Has the next boots try a whole snapshot; the default stays.
   *
   * <p>The order: its boot files and its entry; what the image needs in the shared directories;
   * from whom it takes over; the trial. What the first boot does with /var, {@link BootedCommand}
   * does then.
   *
   * @return how many boots it gets
   * @throws UntriableException if nothing would end its trial; it is published, and waits
   */
  int tryNext(Snapshot snapshot, Snapshot present, Initrds initrds) throws IOException {
    boot.publish(snapshot, initrds);
    boot.requireTriable(snapshot);
    addMissingShared(snapshot);
    Takeover.write(store, snapshot, present);
    if (!boot.hasDefault()) {
      // The first trial of a device that something else has started until now.
      boot.publish(present, Initrds.KEPT);
      makeDefaultInLoader(present);
    }
    return boot.arm(snapshot);
  }

  /**
   * Has a snapshot of the same image take another one's part, which never ran: as the default, or
   * on trial.
   */
  void replace(Snapshot other, Snapshot snapshot) throws IOException {
    boot.takeInitrds(other, snapshot);
    new EntryRenewal(store, boot, console).renewInitrds(snapshot);
    if (other.isDefault()) {
      makeDefault(snapshot, Initrds.KEPT);
    } else {
      Snapshot present =
          store.list().stream().filter(Snapshot::isDefault).findFirst().orElseThrow();
      int unused = tryNext(snapshot, present, Initrds.KEPT);
    }
  }

  /** The snapshot that runs has proved itself: it is the default from now on. */
  void accept(Snapshot tried) throws IOException {
    makeDefaultInLoader(tried);
    finish(tried);
  }

  private void discard(Snapshot left, IOException cause) {
    try {
      var.discard(left);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void switchTo(Snapshot snapshot) throws IOException {
    addMissingShared(snapshot);
    makeDefaultInLoader(snapshot);
  }

  private void makeDefaultInLoader(Snapshot snapshot) throws IOException {
    boot.firstChange(snapshot).forEach(console::print);
    boot.makeDefault(snapshot);
  }

  private void addMissingShared(Snapshot snapshot) throws IOException {
    if (snapshot.is(SnapshotState.STAGED) && device.addMissingShared(store, snapshot.number())) {
      device.top().syncFileSystem();
    }
  }

  private void finish(Snapshot snapshot) throws IOException {
    // Those of the last time that it was the default.
    FailedBoots.forget(store, snapshot);
    Renumbered.complete(device, store, snapshot);
    boot.retractMissing();
    LinkReport.print(var.fitLinks(snapshot, store.list()), snapshot, device, console);
    if (snapshot.is(SnapshotState.STAGED) || snapshot.is(SnapshotState.TRYING)) {
      store.setState(snapshot, SnapshotState.GOOD);
    }
  }
}
