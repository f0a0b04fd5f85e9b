package dev.tiu;

import dev.tiu.EntryRenewal.Generators;
import dev.tiu.bundle.http.SourceChangedException;
import dev.tiu.bundle.http.TransferException;
import dev.tiu.linux.IdMap;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.EtcReplacement;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Finishes or undoes what a command that was killed, or a power cut, left behind. */
final class Recovery {
  private Recovery() {}

  /**
   * Whether the next run can go on from here: the way to the server broke off, and what was fetched
   * is still of the image that the server has.
   */
  static boolean canGoOnAfter(Exception failure) {
    return failure instanceof TransferException && !(failure instanceof SourceChangedException);
  }

  /** What every command that changes a device does first, under the lock. */
  static void recover(Device device, SnapshotStore store, Boot boot, Console console)
      throws IOException {
    recover(device, store, boot, console, Generators.MAY_RUN);
  }

  /** The same, early in a boot maybe. */
  static void recover(
      Device device, SnapshotStore store, Boot boot, Console console, Generators generators)
      throws IOException {
    store.sweep();
    EtcReplacement.recover(store);
    boot.reconcile();
    new EntryRenewal(store, boot, console).finishPending(generators);
    SharedVar var = new SharedVar(device, store);
    List<Snapshot> all = store.list();
    var.recover(all);
    boolean trying = all.stream().anyMatch(Recovery::isTryingNow);
    for (Snapshot snapshot : all) {
      boolean uses = trying ? isTryingNow(snapshot) : snapshot.isDefault() && snapshot.isOurs();
      if (uses) {
        // The switch was made, and what follows it was lost.
        Renumbered.complete(device, store, snapshot);
        boot.retractMissing();
        LinkReport.print(var.fitLinks(snapshot, all), snapshot, device, console);
      }
      boolean undecided = snapshot.is(SnapshotState.STAGED) || snapshot.is(SnapshotState.TRYING);
      if (snapshot.isDefault() && undecided) {
        store.setState(snapshot, SnapshotState.GOOD);
      }
    }
  }

  private static boolean isTryingNow(Snapshot snapshot) {
    return snapshot.isBooted() && snapshot.is(SnapshotState.TRYING) && !snapshot.isDefault();
  }

  /**
   * Makes a whole snapshot that waits half-built again: its /etc may be older than the last edit,
   * and is merged anew. If its files were changed since, which an update that goes on with it
   * wouldn't see, it goes.
   */
  static void reopen(SnapshotStore store, Snapshot waiting) throws IOException {
    if (store.isAsSealed(waiting)) {
      store.setState(waiting, SnapshotState.BUILDING);
    } else {
      store.remove(waiting);
    }
  }

  /**
   * Removes half-built snapshots, but for one that an update to {@code image} can go on with.
   *
   * @param ids which numbers of the image's users and groups are others on the device
   * @return whether there is such a one
   */
  static boolean removeUnfinishedExcept(
      SnapshotStore store, ImageReference image, Snapshot base, IdMap ids) throws IOException {
    Optional<Integer> kept =
        SnapshotBuilder.unfinished(store, image, Optional.of(base), ids).map(Snapshot::number);
    for (Snapshot snapshot : store.list()) {
      if (snapshot.is(SnapshotState.BUILDING)
          && kept.filter(n -> n == snapshot.number()).isEmpty()) {
        store.remove(snapshot);
      }
    }
    return kept.isPresent();
  }
}
