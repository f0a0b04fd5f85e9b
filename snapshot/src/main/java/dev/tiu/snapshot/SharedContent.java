package dev.tiu.snapshot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.Optional;

/**
 * What an image brings into the directories that all snapshots share.
 *
 * <p>Only what is missing is created, and what is there is never touched: those directories are
 * live, and belong to the device. A file appears whole, by a rename.
 */
final class SharedContent {
  private static final BytePath UNFINISHED = BytePath.of(".tiu-unfinished");

  private SharedContent() {}

  /**
   * Makes a shared subvolume, like the image's directory, or with mode 0755 where it has none.
   *
   * @param root the snapshot's root
   */
  static void createSubvolume(Dir system, Layout.Shared shared, Dir root) throws IOException {
    Btrfs.createSubvolume(system, shared.subvolume());
    Optional<FileStatus> like = directory(root, shared.directory());
    if (like.isPresent()) {
      try (Dir parent = root.openDir(shared.directory().parent())) {
        TreeCopy.copyMetadata(parent, shared.directory().name(), system, shared.subvolume());
      }
    } else {
      system.setMode(shared.subvolume(), 0755);
    }
  }

  /**
   * Creates in every shared subvolume what the snapshot's root has in its place.
   *
   * @return whether anything was missing
   */
  static boolean addMissing(Dir system, Dir root) throws IOException {
    boolean added = false;
    for (Layout.Shared shared : Layout.SHARED) {
      if (system.find(shared.subvolume()).isEmpty()) {
        createSubvolume(system, shared, root);
        added = true;
      }
      if (directory(root, shared.directory()).isPresent()) {
        try (Dir from = root.openDir(shared.directory());
            Dir to = system.openDir(shared.subvolume())) {
          added |= addMissingIn(from, to);
        }
      }
    }
    return added;
  }

  private static Optional<FileStatus> directory(Dir root, BytePath path) throws IOException {
    return root.find(path).filter(status -> status.type() == FileType.DIRECTORY);
  }

  private static boolean addMissingIn(Dir from, Dir to) throws IOException {
    // What a killed run was copying; whatever it was, it is copied anew if it is missing still.
    boolean added = to.removeIfThere(UNFINISHED);
    for (DirEntry entry : from.list()) {
      Optional<FileStatus> present = to.find(entry.name());
      if (present.isEmpty()) {
        addWhole(from, to, entry.name());
        added = true;
      } else if (entry.type() == FileType.DIRECTORY && present.get().type() == FileType.DIRECTORY) {
        try (Dir fromChild = from.openDir(entry.name());
            Dir toChild = to.openDir(entry.name())) {
          added |= addMissingIn(fromChild, toChild);
        }
      }
    }
    return added;
  }

  private static void addWhole(Dir from, Dir to, BytePath name) throws IOException {
    FileStatus before = to.status(BytePath.ROOT);
    TreeCopy.copy(from, name, to, UNFINISHED);
    to.renameNoReplace(UNFINISHED, name);
    to.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
  }
}
