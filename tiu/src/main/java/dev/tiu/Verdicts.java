package dev.tiu;

import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/** What commands have in common that say of a snapshot whether it is fit. */
final class Verdicts {
  private Verdicts() {}

  /** The one with that number, or the one that runs; always one of tiu's. */
  static Snapshot choose(SnapshotStore store, Optional<Integer> number) throws IOException {
    Optional<Snapshot> chosen =
        number.isPresent()
            ? store.find(number.get())
            : store.list().stream().filter(Snapshot::isBooted).findFirst();
    return chosen
        .filter(Snapshot::isOurs)
        .orElseThrow(
            () ->
                new DeviceException(
                    number
                            .map("there is no snapshot %d of tiu's"::formatted)
                            .orElse("what runs is none of tiu's snapshots; say which one is meant")
                        + ". `tiu list` shows those that there are"));
  }

  /** The one that runs, or of a disk that doesn't run, the default. */
  static Snapshot inUse(SnapshotStore store) throws IOException {
    return Snapshot.inUse(store.list())
        .filter(Snapshot::isOurs)
        .orElseThrow(
            () ->
                new DeviceException(
                    "neither what runs nor the default is one of tiu's snapshots; say which one is"
                        + " meant. `tiu list` shows those that there are"));
  }
}
