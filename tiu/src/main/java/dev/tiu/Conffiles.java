package dev.tiu;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The configuration files that dpkg knows, with what each was when its package shipped it.
 *
 * <pre>
 * Conffiles:
 *  /etc/ssh/moduli 0a1b…
 *  /etc/init.d/gone 9f8e… obsolete
 * </pre>
 *
 * Read leniently: a line that isn't of that form says nothing.
 *
 * @param digests MD5 in hex, by the path below /etc; several where packages share a file
 */
record Conffiles(Map<BytePath, Set<String>> digests) {
  /** Of a system without dpkg. */
  static final Conffiles NONE = new Conffiles(Map.of());

  private static final String ETC = "/etc/";

  Conffiles {
    digests = Map.copyOf(digests);
  }

  /** Of dpkg's {@code status} file. */
  static Conffiles parse(byte[] status) {
    NavigableMap<BytePath, Set<String>> digests = new TreeMap<>();
    boolean inField = false;
    for (String line : new String(status, StandardCharsets.UTF_8).lines().toList()) {
      if (!line.startsWith(" ")) {
        inField = line.startsWith("Conffiles:");
      } else if (inField) {
        add(line.strip(), digests);
      }
    }
    return new Conffiles(digests);
  }

  /** A path may have spaces in it: the digest is what looks like one, behind it. */
  private static void add(String line, Map<BytePath, Set<String>> digests) {
    String[] words = line.split(" ", -1);
    int at = words.length - 1;
    while (at > 0 && !words[at].matches("[0-9a-f]{32}")) {
      at--;
    }
    String path = line.substring(0, Math.max(0, line.lastIndexOf(" " + words[at])));
    if (at == 0 || !path.startsWith(ETC) || path.equals(ETC)) {
      return;
    }
    try {
      BytePath below = BytePath.of(path.substring(ETC.length()));
      digests.computeIfAbsent(below, p -> new HashSet<>()).add(words[at]);
    } catch (IllegalArgumentException e) {
      // No path that a package can have.
    }
  }
}
