package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/**
 * A few words that are kept with a snapshot, in a file of {@code N/tiu}.
 *
 * @param name of the file
 */
record SnapshotNote(String name) {
  private static final int LIMIT = 256;

  /** Writes it, whole or not at all. */
  void write(SnapshotStore store, Snapshot snapshot, String text) throws IOException {
    try (Dir place = store.open(snapshot.number())) {
      place.writeAtomically(path(), (text + "\n").getBytes(UTF_8), 0644);
    }
  }

  /** Without the line end; empty where there is none. */
  Optional<String> read(SnapshotStore store, Snapshot snapshot) throws IOException {
    try (Dir place = store.open(snapshot.number())) {
      return place.find(path()).isPresent()
          ? Optional.of(new String(place.readAll(path(), LIMIT), UTF_8).strip())
          : Optional.empty();
    }
  }

  void remove(SnapshotStore store, Snapshot snapshot) throws IOException {
    try (Dir place = store.open(snapshot.number())) {
      place.removeIfThere(path());
    }
  }

  private BytePath path() {
    return Layout.FILES.resolve(BytePath.of(name));
  }
}
