package dev.tiu;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Which snapshot's system has used {@code /var} until another one boots for the first time: noted
 * when that is chosen, and gone when it has booted. Then {@code /var} is kept for the one that is
 * left, as its system left it.
 */
final class Takeover {
  private static final BytePath NOTE = Layout.FILES.resolve(BytePath.of("takes-over-from"));
  private static final int LIMIT = 64;

  private Takeover() {}

  static void write(SnapshotStore store, Snapshot next, Snapshot left) throws IOException {
    try (Dir place = store.open(next.number())) {
      byte[] number = (left.number() + "\n").getBytes(StandardCharsets.US_ASCII);
      place.writeAtomically(NOTE, number, 0644);
    }
  }

  /** The snapshot that is left, if it is still there and the other one has never booted since. */
  static Optional<Snapshot> read(SnapshotStore store, Snapshot next) throws IOException {
    String text;
    try (Dir place = store.open(next.number())) {
      if (place.find(NOTE).isEmpty()) {
        return Optional.empty();
      }
      text = new String(place.readAll(NOTE, LIMIT), StandardCharsets.US_ASCII).strip();
    }
    if (!text.matches("[1-9][0-9]{0,8}")) {
      // Nothing that is worth stopping a boot for: /var was kept at the switch as well.
      return Optional.empty();
    }
    int number = Integer.parseInt(text);
    return store.find(number).filter(left -> left.isOurs() && left.number() != next.number());
  }

  static void remove(SnapshotStore store, Snapshot next) throws IOException {
    try (Dir place = store.open(next.number())) {
      place.removeIfThere(NOTE);
    }
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
