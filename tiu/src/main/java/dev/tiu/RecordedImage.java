package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.EtcPolicy;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.OwnerNumbers;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * What a merge of /etc has to know of a snapshot's image beside the trees.
 *
 * @param owners of the image's files
 * @param policies that the image's maker wants
 */
record RecordedImage(OwnerNumbers owners, List<EtcPolicy> policies) {
  private static final RecordedImage UNKNOWN =
      new RecordedImage(new OwnerNumbers(Set.of(), Set.of()), List.of());

  RecordedImage {
    policies = List.copyOf(policies);
  }

  /**
   * Reads a snapshot's record. Without one, that it is damaged shows elsewhere, nothing is known:
   * what merges loses nothing.
   */
  static RecordedImage of(SnapshotStore store, int number) throws IOException {
    try (Bundle record = store.openRecord(number)) {
      return new RecordedImage(OwnerNumbers.of(record), record.manifest().etcPolicies());
    } catch (DeviceException | BundleException | VerityException e) {
      return UNKNOWN;
    }
  }
}
