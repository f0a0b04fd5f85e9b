package dev.tiu.boot.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A directory of files for a FAT, of which it is known that a FAT can hold it. */
final class BootTree {
  private static final long LARGEST_FILE = (1L << 32) - 1;
  private static final int LONGEST_NAME = 255;

  /** A long name takes an entry of 32 bytes for each 13 characters, beside the short one. */
  private static final int ENTRY = 32;

  private static final int NAME_PART = 13;

  private final Path root;

  /** All below the root, directories before what is in them. */
  private final List<Path> paths = new ArrayList<>();

  private BootTree(Path root) {
    this.root = root;
  }

  static BootTree read(Path root) throws IOException {
    BootTree tree = new BootTree(root);
    tree.add(root);
    return tree;
  }

  private void add(Path directory) throws IOException {
    Map<String, Path> seen = new HashMap<>();
    for (Path path : children(directory)) {
      checkName(path);
      Path twin = seen.put(path.getFileName().toString().toLowerCase(Locale.ROOT), path);
      if (twin != null) {
        throw new BootTreeException(path, "for a FAT it has the same name as " + twin);
      }
      paths.add(path);
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        add(path);
      } else if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new BootTreeException(path, "it is neither a file nor a directory");
      } else if (Files.size(path) > LARGEST_FILE) {
        throw new BootTreeException(path, "it is larger than 4 GiB");
      }
    }
  }

  /** In a fixed order, so that the same tree makes the same FAT. */
  private static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.sorted().toList();
    }
  }

  private static void checkName(Path path) throws BootTreeException {
    String name = path.getFileName().toString();
    if (name.length() > LONGEST_NAME
        || name.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == 0xfffd)
        || name.chars().anyMatch(c -> "\"*/:<>?\\|".indexOf(c) >= 0)
        || name.endsWith(".")
        || name.endsWith(" ")) {
      throw new BootTreeException(path, "a FAT can't have such a name");
    }
  }

  /** How many clusters it takes, the root directory's included. */
  long clusters(FatGeometry fat) throws IOException {
    long clusters = directoryClusters(root, fat);
    for (Path path : paths) {
      clusters +=
          Files.isDirectory(path)
              ? directoryClusters(path, fat)
              : fat.clustersFor(Files.size(path));
    }
    return clusters;
  }

  private static long directoryClusters(Path directory, FatGeometry fat) throws IOException {
    long entries = 3;
    for (Path path : children(directory)) {
      entries += 2 + path.getFileName().toString().length() / NAME_PART;
    }
    return Math.max(1, fat.clustersFor(entries * ENTRY));
  }

  Path root() {
    return root;
  }

  /** What lies directly in it. */
  List<Path> top() throws IOException {
    return children(root);
  }

  /**
   * Holds a copy against it.
   *
   * @throws IOException if anything is missing, too much or different
   */
  void requireSame(Path copy) throws IOException {
    List<Path> found = read(copy).paths.stream().map(copy::relativize).toList();
    List<Path> wanted = paths.stream().map(root::relativize).toList();
    if (!found.equals(wanted)) {
      throw new IOException(
          "the boot partition reads back with other names than were written: %s instead of %s"
              .formatted(found, wanted));
    }
    for (Path name : wanted) {
      if (Files.isRegularFile(root.resolve(name))
          && Files.mismatch(root.resolve(name), copy.resolve(name)) >= 0) {
        throw new IOException(
            "/%s on the boot partition reads back with another content than was written; the medium"
                    .formatted(name)
                + " may be failing");
      }
    }
  }
}
