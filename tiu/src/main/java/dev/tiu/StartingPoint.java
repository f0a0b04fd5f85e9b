package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.snapshot.Snapshot;
import java.io.IOException;
import java.util.Optional;

/**
 * What an update goes out from.
 *
 * @param base the snapshot that the new one is made of
 * @param record of what the base holds; empty if it can't be used
 * @param delta from that to the new image, if there is one
 */
record StartingPoint(Snapshot base, Optional<Bundle> record, Optional<Delta> delta)
    implements AutoCloseable {

  @Override
  public void close() throws IOException {
    try {
      if (delta.isPresent()) {
        delta.get().close();
      }
    } finally {
      if (record.isPresent()) {
        record.get().close();
      }
    }
  }
}
