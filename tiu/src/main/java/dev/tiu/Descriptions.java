package dev.tiu;

import dev.tiu.bundle.Manifest;

/** How an image is named in lists. */
final class Descriptions {
  private Descriptions() {}

  /** {@code Debian GNU/Linux 12 (bookworm), version 2}. */
  static String of(Manifest manifest) {
    return manifest.osRelease().prettyName().orElse("system") + ", version " + manifest.version();
  }
}
