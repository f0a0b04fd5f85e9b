package dev.tiu.bundle.delta;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Manifest;
import java.io.IOException;

/** A delta is asked for between images that no device goes from one to the other of. */
public final class UnrelatedImagesException extends IOException {
  private UnrelatedImagesException(Bundle old, Bundle next, String problem) {
    super(old.name() + " and " + next.name() + ": " + problem);
  }

  static void check(Bundle old, Bundle next) throws UnrelatedImagesException {
    Manifest from = old.manifest();
    Manifest to = next.manifest();
    if (old.imageId().equals(next.imageId())) {
      throw new UnrelatedImagesException(old, next, "the same image; it needs no delta");
    }
    if (!from.architecture().equals(to.architecture())) {
      throw new UnrelatedImagesException(
          old, next, "one is for " + from.architecture() + ", the other for " + to.architecture());
    }
    boolean related =
        from.compatible().stream().anyMatch(to::isCompatibleWith)
            || to.compatible().stream().anyMatch(from::isCompatibleWith);
    if (!related) {
      throw new UnrelatedImagesException(
          old,
          next,
          "one is for devices "
              + String.join(", ", from.compatible())
              + ", the other for "
              + String.join(", ", to.compatible()));
    }
  }
}
