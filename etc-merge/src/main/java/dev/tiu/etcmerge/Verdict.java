package dev.tiu.etcmerge;

import java.io.IOException;
import java.util.Optional;

/** Which side of a three-way merge has it. */
enum Verdict {
  /** The image changed nothing, or the device has the same already. */
  KEEP,
  /** Only the image changed it. */
  TAKE,
  /** Both changed it. */
  CONFLICT;

  /** What has to be the same for "unchanged". */
  @FunctionalInterface
  interface Comparison {
    boolean same(EtcEntry a, EtcEntry b) throws IOException;
  }

  static Verdict of(Versions versions, Comparison comparison) throws IOException {
    if (same(versions.base(), versions.image(), comparison)
        || same(versions.local(), versions.image(), comparison)) {
      return KEEP;
    }
    return same(versions.base(), versions.local(), comparison) ? TAKE : CONFLICT;
  }

  static boolean same(Optional<EtcEntry> a, Optional<EtcEntry> b, Comparison comparison)
      throws IOException {
    return a.isPresent() == b.isPresent()
        && (a.isEmpty() || comparison.same(a.get(), b.orElseThrow()));
  }
}
