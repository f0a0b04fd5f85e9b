package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.io.IOException;
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

  /**
   * Whether the image only calls what a link led to by another path: a system whose {@code /lib} is
   * {@code /usr/lib} has both. Where the link was changed here, that changes nothing.
   */
  static boolean isOnlyRespelled(Versions versions) throws IOException {
    if (!isLink(versions.base()) || !isLink(versions.image())) {
      return false;
    }
    String before = LinkTargets.inMergedUsr(target(versions.base()));
    String after = LinkTargets.inMergedUsr(target(versions.image()));
    return before.equals(after);
  }

  private static byte[] target(Optional<EtcEntry> link) throws IOException {
    EtcEntry entry = link.orElseThrow();
    return entry.parent().readLink(entry.name());
  }

  private static boolean isLink(Optional<EtcEntry> entry) {
    return entry.filter(found -> found.status().type() == FileType.SYMLINK).isPresent();
  }

  static boolean isAlternative(BytePath path) {
    return !path.isRoot() && path.parent().equals(ALTERNATIVES);
  }

  private static boolean isEnablement(BytePath path) {
    return !path.isRoot() && isOfEnablements(path.parent());
  }

  /** Whether it is a directory of links that enable units; without any it needn't be there. */
  static boolean isOfEnablements(BytePath path) {
    String directory = new String(path.bytes(), StandardCharsets.ISO_8859_1);
    return directory.startsWith("systemd/")
        && (directory.endsWith(".wants") || directory.endsWith(".requires"));
  }

  private static boolean isLinkOrNothing(Optional<EtcEntry> entry) {
    return entry.isEmpty() || isLink(entry);
  }
}
