package dev.tiu;

import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How many boots running of the default had a required check that failed: {@code
 * N/tiu/failed-boots}, a line with the last such boot and one with the number.
 */
final class FailedBoots {
  private static final SnapshotNote NOTE = new SnapshotNote("failed-boots");

  private FailedBoots() {}

  /** How many there are with this one, which counts once however often it is counted. */
  static int count(SnapshotStore store, Snapshot booted, String bootId) throws IOException {
    List<String> lines = lines(store, booted);
    int before = lines.isEmpty() ? 0 : Integer.parseInt(lines.get(1));
    if (!lines.isEmpty() && lines.get(0).equals(bootId)) {
      return before;
    }
    int now = before + 1;
    NOTE.write(store, booted, bootId + "\n" + now);
    return now;
  }

  static int read(SnapshotStore store, Snapshot snapshot) throws IOException {
    List<String> lines = lines(store, snapshot);
    return lines.isEmpty() ? 0 : Integer.parseInt(lines.get(1));
  }

  /** A boot was good. */
  static void forget(SnapshotStore store, Snapshot booted) throws IOException {
    NOTE.remove(store, booted);
  }

  /** None where there is no note, or one that nobody can make sense of. */
  private static List<String> lines(SnapshotStore store, Snapshot snapshot) throws IOException {
    Optional<List<String>> lines =
        NOTE.read(store, snapshot)
            .map(text -> text.lines().toList())
            .filter(two -> two.size() == 2 && two.get(1).matches("[0-9]{1,6}"));
    return lines.orElseGet(List::of);
  }
}
