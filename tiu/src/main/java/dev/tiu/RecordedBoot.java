package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Manifest;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Instant;

/**
 * What making a snapshot boot needs to know of it beside its files: from its image's manifest, or
 * of one that was adopted and has none, from its info.xml.
 *
 * @param architecture as {@code uname -m} says it
 * @param made the image's time
 */
record RecordedBoot(String architecture, Instant made, Manifest.Boot boot) {

  /**
   * Reads a snapshot's record.
   *
   * @throws DeviceException if that is missing
   */
  static RecordedBoot of(SnapshotStore store, Snapshot snapshot) throws IOException {
    if (snapshot.isAdopted()) {
      return new RecordedBoot(
          snapshot.info().adoptedArchitecture().orElseThrow(),
          snapshot.info().date(),
          Manifest.Boot.UNSPECIFIED);
    }
    try (Bundle record = store.openRecord(snapshot.number())) {
      Manifest manifest = record.manifest();
      return new RecordedBoot(manifest.architecture(), manifest.created(), manifest.boot());
    }
  }
}
