package dev.tiu;

import dev.tiu.bundle.delta.Delta;
import java.io.IOException;
import java.util.Optional;

/** Finds what leads to an image from one that a device has. */
@FunctionalInterface
interface Deltas {
  /** There are none. */
  Deltas NONE = baseImageId -> Optional.empty();

  /** Whether the one that was handed out is used whatever it costs: somebody has asked for it. */
  default boolean isAsked() {
    return false;
  }

  /** The delta from that image, which the caller closes; empty if there is none that is of use. */
  Optional<Delta> from(String baseImageId) throws IOException;
}
