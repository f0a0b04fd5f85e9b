package dev.tiu.boot.initrd;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names in an initrd.
 *
 * @param paths without a slash or {@code ./} in front; bytes as Latin-1
 */
record InitrdContent(Set<String> paths) {
  /** The one way by which {@link #modulesOf} names a module: without how it is packed. */
  private static final String PACKED = "\\.(xz|gz|zst)$";

  InitrdContent {
    paths = Set.copyOf(paths);
  }

  /**
   * Reads all of it, also to see that it isn't cut off.
   *
   * @throws InitrdFormatException if it is damaged
   */
  static InitrdContent read(InputStream initrd) throws IOException {
    TreeSet<String> paths = new TreeSet<>();
    new InitrdReader(paths).read(new BufferedInputStream(initrd, 1 << 16));
    return new InitrdContent(paths);
  }

  boolean has(String path) {
    return paths.contains(path);
  }

  /** The kernels that it has modules of. */
  Set<String> versions() {
    Set<String> versions = new TreeSet<>();
    for (String path : paths) {
      String below = belowModules(path);
      int slash = below.indexOf('/');
      if (slash > 0) {
        versions.add(below.substring(0, slash));
      }
    }
    return versions;
  }

  /** What it has below that kernel's directory of modules; modules without {@code .xz} and such. */
  Set<String> modulesOf(String version) {
    Set<String> modules = new TreeSet<>();
    for (String path : paths) {
      String below = belowModules(path);
      if (below.startsWith(version + "/")) {
        modules.add(unpacked(below.substring(version.length() + 1)));
      }
    }
    return modules;
  }

  static String unpacked(String module) {
    return module.replaceFirst(PACKED, "");
  }

  /** Empty if it isn't. */
  private static String belowModules(String path) {
    String inUsr = path.startsWith("usr/") ? path.substring(4) : path;
    return inUsr.startsWith("lib/modules/") ? inUsr.substring("lib/modules/".length()) : "";
  }
}
