package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.BootEntry;
import dev.tiu.boot.loader.BootLoader;
import dev.tiu.boot.loader.LoaderState;
import dev.tiu.snapshot.Retention;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Room on a boot partition: where it is short, the oldest snapshots give up their boot files. */
final class BootRoom {
  private final SnapshotStore store;
  private final BootLoader loader;
  private final Optional<Integer> recovery;
  private final Path where;

  /**
   * Of one boot partition.
   *
   * @param recovery the snapshot that boots when no good one is left, which keeps its files
   * @param where it is mounted, for people
   */
  BootRoom(SnapshotStore store, BootLoader loader, Optional<Integer> recovery, Path where) {
    this.store = store;
    this.loader = loader;
    this.recovery = recovery;
    this.where = where;
  }

  /**
   * Makes it for an entry.
   *
   * @throws BootException if all that is there is needed
   */
  void makeFor(BootEntry entry) throws IOException {
    long missing = loader.missingBytes(entry);
    while (missing > 0) {
      LoaderState state = loader.state();
      Optional<Integer> oldest =
          oldestUnneeded(state, entry.number()).or(() -> itself(state, entry.number()));
      if (oldest.isEmpty()) {
        throw new BootException(
            ("The boot partition has no room for the boot files of snapshot %d: %s more are"
                    + " needed, and what lies there is needed too")
                .formatted(entry.number(), Console.size(missing)),
            Boot.AS_IT_WAS,
            "Remove what isn't tiu's from %s, or make the initrd smaller.".formatted(where));
      }
      loader.retract(Set.of(oldest.get()));
      missing = loader.missingBytes(entry);
    }
  }

  /** Its earlier files, where nothing starts them and others are to take their place. */
  private static Optional<Integer> itself(LoaderState state, int number) {
    return state.published().contains(number) && !starts(state, number)
        ? Optional.of(number)
        : Optional.empty();
  }

  private static boolean starts(LoaderState state, int number) {
    return state.isDefault().orElse(0) == number
        || state.trial().filter(t -> t.number() == number).isPresent();
  }

  /** Never one that boots, is on trial, runs, or is the way back. */
  private Optional<Integer> oldestUnneeded(LoaderState state, int wanted) throws IOException {
    Set<Integer> needed = new TreeSet<>(Retention.untouchable(store.list()));
    recovery.ifPresent(needed::add);
    return state.published().stream()
        .filter(number -> number != wanted && !needed.contains(number))
        .filter(number -> !starts(state, number))
        .findFirst();
  }
}
