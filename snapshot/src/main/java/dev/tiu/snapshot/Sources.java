package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.delta.Delta;
import java.util.Optional;

/**
 * Where the content that a plan writes comes from.
 *
 * @param image has all of it
 * @param delta has patches for some of it
 */
public record Sources(Bundle image, Optional<Delta> delta) {
  /** The image alone. */
  public static Sources of(Bundle image) {
    return new Sources(image, Optional.empty());
  }
}
