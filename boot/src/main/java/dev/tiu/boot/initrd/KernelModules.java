package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiu.boot.BootException;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A kernel's modules, as depmod(8) and the kernel's build describe them.
 *
 * @param needs of each module what it needs, by {@code modules.dep}: paths below its directory,
 *     without {@code .xz} and such
 * @param builtIn paths by {@code modules.builtin}
 */
record KernelModules(Map<String, List<String>> needs, Set<String> builtIn) {
  private static final int LARGEST = 16 << 20;

  static KernelModules read(Dir root, Kernel kernel) throws IOException {
    try (Dir directory = root.openDirInRoot(kernel.modules())) {
      return parse(text(directory, "modules.dep"), text(directory, "modules.builtin"));
    } catch (LinuxException e) {
      throw new BootException(
          "The modules of kernel %s can't be read: %s".formatted(kernel.version(), e.getMessage()),
          "It isn't known whether an initrd has what it needs, so the snapshot isn't made to boot.",
          "Make the image again, with the kernel's package installed anew.");
    }
  }

  private static String text(Dir directory, String name) throws IOException {
    try {
      return new String(directory.readAll(BytePath.of(name), LARGEST), ISO_8859_1);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT) {
        return "";
      }
      throw e;
    }
  }

  /** {@code kernel/fs/btrfs/btrfs.ko.xz: kernel/lib/libcrc32c.ko.xz …}, and a path on each line. */
  static KernelModules parse(String dep, String builtIn) {
    Map<String, List<String>> needs = new TreeMap<>();
    for (String line : dep.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        List<String> needed = new ArrayList<>();
        for (String path : line.substring(colon + 1).split(" ", -1)) {
          if (!path.isEmpty()) {
            needed.add(InitrdContent.unpacked(path));
          }
        }
        needs.put(InitrdContent.unpacked(line.substring(0, colon)), needed);
      }
    }
    Set<String> paths = new TreeSet<>();
    builtIn.lines().filter(line -> !line.isEmpty()).forEach(paths::add);
    return new KernelModules(needs, paths);
  }

  /**
   * Modules whose file is called so, up to an ending; in names {@code -} is as good as {@code _}.
   */
  List<String> named(String prefix) {
    return needs.keySet().stream().filter(path -> isNamed(path, prefix)).toList();
  }

  /** Whether the kernel can do that, as a module or without one. */
  boolean has(String prefix) {
    return isBuiltIn(prefix) || !named(prefix).isEmpty();
  }

  boolean isBuiltIn(String prefix) {
    return builtIn.stream().anyMatch(path -> isNamed(path, prefix));
  }

  static boolean isNamed(String path, String prefix) {
    String name = path.substring(path.lastIndexOf('/') + 1).replace('-', '_');
    return name.startsWith(prefix);
  }
}
