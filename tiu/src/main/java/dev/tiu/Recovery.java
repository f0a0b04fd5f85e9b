package dev.tiu;

import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/** Finishes or undoes what a command that was killed, or a power cut, left behind. */
final class Recovery {
  private Recovery() {}

  /** What every command that changes a device does first, under the lock. */
  static void recover(SnapshotStore store) throws IOException {
    store.sweep();
    for (Snapshot snapshot : store.list()) {
      if (snapshot.isDefault() && snapshot.is(SnapshotState.STAGED)) {
        // The switch was made, and the state that follows it was lost.
        store.setState(snapshot, SnapshotState.GOOD);
      }
    }
  }

  /**
   * Removes half-built snapshots, but for one that an update to {@code image} can go on with.
   *
   * @return whether there is such a one
   */
  static boolean removeUnfinishedExcept(SnapshotStore store, ImageReference image, Snapshot base)
      throws IOException {
    Optional<Integer> kept =
        SnapshotBuilder.unfinished(store, image, Optional.of(base)).map(Snapshot::number);
    for (Snapshot snapshot : store.list()) {
      if (snapshot.is(SnapshotState.BUILDING)
          && kept.filter(n -> n == snapshot.number()).isEmpty()) {
        store.remove(snapshot);
      }
    }
    return kept.isPresent();
  }
}
