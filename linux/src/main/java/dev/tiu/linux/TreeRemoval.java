package dev.tiu.linux;

/** Removes trees, entry by entry, and subvolumes in them as a whole. */
final class TreeRemoval {
  private TreeRemoval() {}

  static void remove(Dir start, BytePath path) throws LinuxException {
    if (start.status(path).type() != FileType.DIRECTORY) {
      start.unlink(path);
    } else if (path.parent().isRoot()) {
      removeDirectory(start, path);
    } else {
      try (Dir parent = start.openDir(path.parent())) {
        removeDirectory(parent, path.name());
      }
    }
  }

  private static void removeDirectory(Dir parent, BytePath name) throws LinuxException {
    try (Dir dir = parent.openDirOnSameMount(name)) {
      if (Btrfs.isSubvolume(dir)) {
        Btrfs.deleteSubvolume(parent, name);
        return;
      }
      for (DirEntry entry : dir.list()) {
        if (entry.type() == FileType.DIRECTORY) {
          removeDirectory(dir, entry.name());
        } else {
          dir.unlink(entry.name());
        }
      }
    }
    parent.removeDir(name);
  }
}
