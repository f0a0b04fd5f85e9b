package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Knows the links of /etc by which units are enabled and programs are chosen. */
final class LinkCheck {
  private static final BytePath ALTERNATIVES = BytePath.of("alternatives");

  private LinkCheck() {}

  /** Whether it is such a link: an image's version beside it would be of no use to anybody. */
  static boolean isChoice(Versions versions) {
    return isLinkOrNothing(versions.local())
        && isLinkOrNothing(versions.image())
        && (isAlternative(versions.path()) || isEnablement(versions.path()));
  }

  static boolean isAlternative(BytePath path) {
    return !path.isRoot() && path.parent().equals(ALTERNATIVES);
  }

  private static boolean isEnablement(BytePath path) {
    if (path.isRoot() || path.parent().isRoot()) {
      return false;
    }
    String directory = new String(path.parent().bytes(), StandardCharsets.ISO_8859_1);
    return directory.startsWith("systemd/")
        && (directory.endsWith(".wants") || directory.endsWith(".requires"));
  }

  private static boolean isLinkOrNothing(Optional<EtcEntry> entry) {
    return entry.map(found -> found.status().type() == FileType.SYMLINK).orElse(true);
  }
}
