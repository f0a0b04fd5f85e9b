package dev.tiu;

import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/**
 * What follows when the latest edits of /etc can't be brought into a snapshot that is to be tried:
 * its trial is called off, and the old system, which has them, boots. The next update to its image
 * tries again. {@code N/tiu/finish-failed} has why.
 */
final class FailedFinish {
  private static final SnapshotNote NOTE = new SnapshotNote("finish-failed");

  /** A note holds 256 bytes. */
  private static final int LONGEST = 200;

  private FailedFinish() {}

  /** Calls the trial off, if that is what the snapshot is for. */
  static void callOff(
      SnapshotStore store, Boot boot, Console console, Snapshot snapshot, IOException cause)
      throws IOException {
    Optional<Trial> trial = boot.trial().filter(t -> t.number() == snapshot.number());
    if (snapshot.isBooted() || trial.filter(t -> t.triesLeft() > 0).isEmpty()) {
      return;
    }
    boot.disarm();
    EntryRenewal.forget(store, snapshot);
    try {
      NOTE.write(store, snapshot, shortened(String.valueOf(cause.getMessage())));
    } catch (IOException e) {
      // A full disk may be why: the trial is off all the same, and the journal says why.
      cause.addSuppressed(e);
    }
    console.note(
        "The trial of snapshot %d is called off, so that what boots has all edits of /etc: the default"
            .formatted(snapshot.number()));
  }

  private static String shortened(String text) {
    String line = text.replaceAll("[^\\x20-\\x7e]+", " ");
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
  }

  /** It was brought in after all. */
  static void forget(SnapshotStore store, Snapshot snapshot) throws IOException {
    if (store.find(snapshot.number()).isPresent()) {
      NOTE.remove(store, snapshot);
    }
  }

  /** Why a snapshot that waits isn't tried, if that is so; asked of the newest. */
  static Optional<String> of(SnapshotStore store, Boot boot, Snapshot snapshot) throws IOException {
    if (!snapshot.is(SnapshotState.STAGED)
        || boot.trial().filter(t -> t.number() == snapshot.number()).isPresent()) {
      return Optional.empty();
    }
    return NOTE.read(store, snapshot)
        .map(
            why ->
                "snapshot %d isn't tried, as the latest edits of /etc couldn't be brought in (%s). `tiu update` to its image tries again"
                    .formatted(snapshot.number(), why));
  }
}
