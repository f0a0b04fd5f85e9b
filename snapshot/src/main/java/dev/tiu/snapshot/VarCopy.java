package dev.tiu.snapshot;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.NestedSubvolume;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Copies of a {@code /var}, as btrfs snapshots, in which subvolumes may be nested: machines,
 * containers, and what systemd-tmpfiles makes. A snapshot has useless directories in their place,
 * in which nothing can be made.
 */
final class VarCopy {
  private VarCopy() {}

  /** Makes a writable copy with empty directories in the place of nested subvolumes. */
  static void make(Dir source, Dir place, BytePath name) throws IOException {
    Btrfs.snapshot(source, place, name, Access.WRITABLE);
    try (Dir copy = place.openDir(name)) {
      for (NestedSubvolume nested : Btrfs.nested(source)) {
        Optional<FileStatus> present = copy.find(nested.path());
        if (present.filter(s -> s.inode() == Layout.PLACEHOLDER_INODE).isPresent()) {
          makeEmpty(source, copy, nested.path());
        }
      }
    }
  }

  private static void makeEmpty(Dir source, Dir copy, BytePath path) throws IOException {
    try (Dir from = source.openDir(path.parent());
        Dir to = copy.openDir(path.parent())) {
      FileStatus before = to.status(BytePath.ROOT);
      to.removeDir(path.name());
      to.makeDir(path.name(), 0700);
      TreeCopy.copyMetadata(from, path.name(), to, path.name());
      to.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
    }
  }

  /**
   * Adds snapshots of the subvolumes nested in {@code today}, where the copy has nothing but an
   * empty directory.
   */
  static void addNested(Dir today, Dir copy) throws IOException {
    List<BytePath> readOnly = new ArrayList<>();
    for (NestedSubvolume nested : Btrfs.nested(today)) {
      BytePath path = nested.path();
      if (!isFree(copy, path)) {
        continue;
      }
      try (Dir source = today.openDir(path)) {
        Btrfs.snapshot(source, copy, path, Access.WRITABLE);
        if (Btrfs.access(source) == Access.READ_ONLY) {
          readOnly.add(path);
        }
      }
    }
    // The innermost first: nothing can be put into a read-only one.
    Collections.reverse(readOnly);
    for (BytePath path : readOnly) {
      try (Dir subvolume = copy.openDir(path)) {
        Btrfs.setAccess(subvolume, Access.READ_ONLY);
      }
    }
  }

  /** Whether a subvolume can be put there; an empty directory makes room. */
  private static boolean isFree(Dir copy, BytePath path) throws IOException {
    if (!path.parent().isRoot()
        && copy.find(path.parent()).filter(s -> s.type() == FileType.DIRECTORY).isEmpty()) {
      return false;
    }
    Optional<FileStatus> present = copy.find(path);
    if (present.isEmpty()) {
      return true;
    }
    if (present.get().type() != FileType.DIRECTORY) {
      return false;
    }
    try {
      copy.removeDir(path);
      return true;
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENOTEMPTY) {
        throw e;
      }
      return false;
    }
  }
}
