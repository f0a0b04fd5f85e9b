package dev.tiu;

import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.snapshot.Retention;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Removes snapshots, but never one that something needs. */
final class Pruning {
  private final SnapshotStore store;
  private final Boot boot;

  Pruning(SnapshotStore store, Boot boot) {
    this.store = store;
    this.boot = boot;
  }

  /** Those of these that nothing needs, which are gone now. */
  List<Snapshot> remove(List<Snapshot> unwanted) throws IOException {
    Optional<Integer> tried = boot.trial().filter(t -> t.triesLeft() > 0).map(Trial::number);
    Optional<Integer> recovery = boot.recovery();
    // By its owners the one that takes its place finds what has to get others in /var.
    Set<Integer> needed = Renumbered.needed(store);
    List<Snapshot> doomed =
        unwanted.stream()
            .filter(s -> tried.filter(n -> n == s.number()).isEmpty())
            .filter(s -> recovery.filter(n -> n == s.number()).isEmpty())
            .filter(s -> !needed.contains(s.number()))
            .toList();
    boot.retract(doomed);
    for (Snapshot snapshot : doomed) {
      store.remove(snapshot);
    }
    return doomed;
  }

  /** Whole ones beyond the newest so many. */
  List<Snapshot> keepNewest(int keep) throws IOException {
    return remove(Retention.surplus(store.list(), keep));
  }
}
