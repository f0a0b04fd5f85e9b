package dev.tiu;

import dev.tiu.bundle.http.WebAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where a bundle is: what a command is given as one. */
sealed interface BundleLocation {
  /** A file of this machine. */
  record File(Path path) implements BundleLocation {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** A file on a web server. */
  record Web(WebAddress address) implements BundleLocation {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /**
   * An address if it begins like one, otherwise a path.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static BundleLocation parse(String text) {
    if (WebAddress.isMeant(text)) {
      return new Web(WebAddress.parse(text));
    }
    try {
      return new File(Path.of(text));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("no path: " + e.getReason(), e);
    }
  }
}
