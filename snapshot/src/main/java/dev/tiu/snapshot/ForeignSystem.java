package dev.tiu.snapshot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.NestedSubvolume;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A system on a btrfs that tiu didn't put there, to be adopted. Nothing of it is ever changed.
 *
 * @param root the subvolume that it has as its root, which may be the top level
 * @param elsewhere what it mounts at directories that all snapshots will share, by their paths
 */
public record ForeignSystem(Dir root, Map<BytePath, Dir> elsewhere) implements AutoCloseable {
  /** What is made at each boot, so that a subvolume there needs no copy. */
  private static final Set<String> EMPTY = Set.of(".snapshots", "tmp", "run");

  public ForeignSystem {
    elsewhere = Map.copyOf(elsewhere);
  }

  /** How many files and directories have to be copied one by one. */
  public record Size(long entries) {}

  /**
   * That a snapshot can have all of it, looking at all that has to be copied.
   *
   * @throws DeviceException naming what is in the way
   */
  public Size requireAdoptable() throws IOException {
    if (root.find(Layout.ETC).filter(s -> s.type() == FileType.DIRECTORY).isEmpty()) {
      throw new DeviceException(
          "%s has no directory etc: that isn't the root of a system. Nothing was changed; name its"
                  .formatted(root)
              + " subvolume with --root, as `btrfs subvolume list` shows it");
    }
    for (NestedSubvolume nested : Btrfs.nested(root)) {
      if (!isShared(nested.path()) && !isLeftOut(nested.path())) {
        throw new DeviceException(
            "/%s is a subvolume of its own inside the root, which the root of a snapshot would not"
                    .formatted(nested.path())
                + " have. Nothing was changed; make it a plain directory, or move it out of the"
                + " root and mount it by /etc/fstab");
      }
    }
    long entries = count(root, Layout.ETC, Layout.ETC);
    for (Layout.Shared shared : Layout.SHARED) {
      Optional<FileStatus> status = root.find(shared.directory());
      if (status.filter(s -> s.type() != FileType.DIRECTORY).isPresent()) {
        throw new DeviceException(
            "/%s is no directory: a subvolume that all snapshots share is mounted there. Nothing was"
                    .formatted(shared.directory())
                + " changed; make it a directory, with what it leads to in it");
      }
      if (status.isPresent() && isCopied(shared)) {
        entries += count(root, shared.directory(), shared.directory());
      }
    }
    return new Size(entries);
  }

  /** Whether a shared part is a plain directory of the root, and no subvolume. */
  boolean isCopied(Layout.Shared shared) throws IOException {
    return !elsewhere.containsKey(shared.directory())
        && root.find(shared.directory())
            .filter(status -> status.inode() != Layout.SUBVOLUME_INODE)
            .isPresent();
  }

  private static boolean isShared(BytePath path) {
    return Layout.SHARED.stream().anyMatch(shared -> path.startsWith(shared.directory()));
  }

  /** At the top level all subvolumes lie beside the system's own directories. */
  boolean isLeftOut(BytePath path) throws IOException {
    String first = path.toString().split("/", 2)[0];
    return EMPTY.contains(first) || isBesideRoot(path);
  }

  /** Whether a path of the root leads into what is no part of the system. */
  boolean isBesideRoot(BytePath path) throws IOException {
    return path.toString().startsWith("@") && Btrfs.rootId(root) == Btrfs.TOP_LEVEL;
  }

  private static long count(Dir parent, BytePath name, BytePath path) throws IOException {
    FileStatus status = parent.status(name);
    if (status.immutable()) {
      throw new DeviceException(
          "/%s is immutable, which a copy can't be made without. Nothing was changed; `chattr -i -a`"
                  .formatted(path)
              + " it, adopt, and make it immutable again afterwards");
    }
    if (status.type() != FileType.DIRECTORY) {
      return 1;
    }
    long entries = 1;
    try (Dir dir = parent.openDir(name)) {
      if (dir.status(BytePath.ROOT).device() != parent.status(BytePath.ROOT).device()) {
        return entries; // A nested subvolume, of which a snapshot is made.
      }
      for (DirEntry entry : dir.list()) {
        entries += count(dir, entry.name(), path.resolve(entry.name()));
      }
    }
    return entries;
  }

  @Override
  public void close() {
    root.close();
    elsewhere.values().forEach(Dir::close);
  }
}
