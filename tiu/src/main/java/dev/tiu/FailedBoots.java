package dev.tiu;

import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/**
 * How many boots running of the default had a required check that failed: {@code
 * N/tiu/failed-boots}, with the last such boot.
 */
final class FailedBoots {
  private static final SnapshotNote NOTE = new SnapshotNote("failed-boots");
  private static final int DIGITS = 6;

  private FailedBoots() {}

  /** How many there are with this one, which counts once however often it is counted. */
  static int count(SnapshotStore store, Snapshot booted, String bootId) throws IOException {
    Optional<BootNumber> noted = BootNumber.read(NOTE, store, booted, DIGITS);
    if (noted.filter(before -> before.bootId().equals(bootId)).isPresent()) {
      return noted.get().number();
    }
    int now = noted.map(BootNumber::number).orElse(0) + 1;
    new BootNumber(bootId, now).write(NOTE, store, booted);
    return now;
  }

  /** A boot was good, or it becomes the default. */
  static void forget(SnapshotStore store, Snapshot snapshot) throws IOException {
    NOTE.remove(store, snapshot);
  }
}
