package dev.tiu;

import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/**
 * Which snapshot's system has used {@code /var} until another one boots for the first time: noted
 * when that is chosen, and gone when it has booted. Then {@code /var} is kept for the one that is
 * left, as its system left it.
 */
final class Takeover {
  private static final SnapshotNote NOTE = new SnapshotNote("takes-over-from");

  private Takeover() {}

  static void write(SnapshotStore store, Snapshot next, Snapshot left) throws IOException {
    NOTE.write(store, next, Integer.toString(left.number()));
  }

  /** The snapshot that is left, if it is still there and the other one has never booted since. */
  static Optional<Snapshot> read(SnapshotStore store, Snapshot next) throws IOException {
    // What makes no sense is nothing to stop a boot for: /var was kept at the switch as well.
    Optional<String> text = NOTE.read(store, next).filter(t -> t.matches("[1-9][0-9]{0,8}"));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    int number = Integer.parseInt(text.get());
    return store.find(number).filter(left -> left.isOurs() && left.number() != next.number());
  }

  static void remove(SnapshotStore store, Snapshot next) throws IOException {
    NOTE.remove(store, next);
  }

  /** No reason to stop: it is for a rollback that nobody may ever want. */
  static void keepVar(SharedVar var, Snapshot left, Console console) throws IOException {
    if (!var.keepFor(left)) {
      console.note(
          "/var isn't kept for snapshot %d: a swap file in it is in use, and btrfs can't make a"
                  .formatted(left.number())
              + " snapshot then. Put it on a subvolume of its own");
    }
  }
}
