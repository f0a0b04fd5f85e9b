package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileMetadata;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Owners of what an image has brought into the shared directories, where its accounts have got
 * other numbers since.
 *
 * <p>Only what the image has is looked at, and only what still has the owner that it was made with
 * is changed: everything else is somebody's own. It may be cut off and done again.
 */
final class SharedOwnership {
  private SharedOwnership() {}

  /**
   * Renumbers.
   *
   * @param before the root of a snapshot with the numbers that the shared directories have
   * @param after the root of one of the same image with those that they get
   * @return whether anything was changed
   */
  static boolean renumber(Dir system, Dir before, Dir after) throws IOException {
    boolean changed = false;
    for (Layout.Shared shared : Layout.SHARED) {
      if (isDirectory(before, shared.directory())
          && isDirectory(after, shared.directory())
          && isDirectory(system, shared.subvolume())) {
        try (Dir old = before.openDir(shared.directory());
            Dir now = after.openDir(shared.directory());
            Dir live = system.openDir(shared.subvolume())) {
          changed |= one(old, now, live, BytePath.ROOT);
          changed |= below(old, now, live);
        }
      }
    }
    return changed;
  }

  private static boolean below(Dir before, Dir after, Dir live) throws IOException {
    boolean changed = false;
    for (DirEntry entry : after.list()) {
      BytePath name = entry.name();
      if (!isOf(entry.type(), before, name) || !isOf(entry.type(), live, name)) {
        continue;
      }
      changed |= one(before, after, live, name);
      if (entry.type() == FileType.DIRECTORY) {
        try (Dir old = before.openDir(name);
            Dir now = after.openDir(name);
            Dir there = live.openDir(name)) {
          changed |= below(old, now, there);
        }
      }
    }
    return changed;
  }

  private static boolean one(Dir before, Dir after, Dir live, BytePath name) throws IOException {
    FileMetadata old = FileMetadata.of(before, name);
    FileMetadata now = FileMetadata.of(after, name);
    FileMetadata present = FileMetadata.of(live, name);
    TreeMap<String, byte[]> xattrs = new TreeMap<>(present.xattrs());
    for (String key : now.xattrs().keySet()) {
      byte[] was = old.xattrs().get(key);
      byte[] is = present.xattrs().get(key);
      if (key.startsWith("system.posix_acl_") && was != null && Arrays.equals(was, is)) {
        xattrs.put(key, now.xattrs().get(key));
      }
    }
    FileMetadata wanted =
        new FileMetadata(
            present.type(),
            present.mode(),
            present.uid() == old.uid() ? now.uid() : present.uid(),
            present.gid() == old.gid() ? now.gid() : present.gid(),
            xattrs);
    if (wanted.equals(present)) {
      return false;
    }
    wanted.applyTo(live, name);
    return true;
  }

  private static boolean isDirectory(Dir dir, BytePath path) throws IOException {
    return isOf(FileType.DIRECTORY, dir, path);
  }

  private static boolean isOf(FileType type, Dir dir, BytePath path) throws IOException {
    Optional<FileStatus> status = dir.find(path);
    return status.filter(found -> found.type() == type).isPresent();
  }
}
