package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Compares a tree on the disk with its record, by what a stat of each path shows. */
final class TreeCheck {
  private final ImageTree record;
  private final Set<BytePath> nested;
  private final Set<BytePath> changed = new HashSet<>();
  private final Set<BytePath> unexpected = new HashSet<>();
  private final Set<BytePath> seen = new HashSet<>();

  private TreeCheck(ImageTree record, Set<BytePath> nested) {
    this.record = record;
    this.nested = nested;
  }

  /**
   * Where {@code tree} isn't what {@code record} says.
   *
   * @param nested directories that aren't part of the tree, such as a subvolume nested in it
   */
  static Deviations deviations(Dir tree, ImageTree record, Set<BytePath> nested)
      throws IOException {
    TreeCheck check = new TreeCheck(record, nested);
    check.directory(tree, BytePath.ROOT);
    check.missing();
    return new Deviations(check.changed, check.unexpected);
  }

  private void directory(Dir dir, BytePath path) throws IOException {
    FileStatus status = dir.status(BytePath.ROOT);
    if (!path.isRoot() && status.inode() == Layout.SUBVOLUME_INODE) {
      // A snapshot doesn't reach into it: there, all of this is missing.
      seen.add(path);
      changed.add(path);
      return;
    }
    compare(path, status);
    for (DirEntry entry : dir.list()) {
      BytePath child = path.resolve(entry.name());
      if (nested.contains(child)) {
        continue;
      }
      Optional<Inode> expected = record.find(child);
      if (expected.isEmpty()) {
        unexpected.add(child);
      } else if (expected.get().type() != entry.type()) {
        seen.add(child);
        changed.add(child);
      } else if (entry.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          directory(below, child);
        }
      } else {
        compare(child, dir.status(entry.name()));
      }
    }
  }

  private void compare(BytePath path, FileStatus actual) {
    seen.add(path);
    Optional<Inode> expected = record.find(path);
    if (expected.filter(inode -> matches(path, inode, actual)).isEmpty()) {
      changed.add(path);
    }
  }

  private boolean matches(BytePath path, Inode inode, FileStatus actual) {
    if (inode.type() != actual.type() || !Metadata.matches(inode, actual)) {
      return false;
    }
    if (inode instanceof Inode.Directory) {
      return true;
    }
    return record.namesOf(path, inode).size() == actual.linkCount()
        && (!(inode instanceof Inode.RegularFile file) || file.size() == actual.size());
  }

  private void missing() {
    for (BytePath path : record.entries().keySet()) {
      if (!seen.contains(path)) {
        changed.add(path);
      }
    }
  }
}
