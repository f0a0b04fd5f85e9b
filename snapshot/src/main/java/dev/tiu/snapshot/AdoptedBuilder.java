package dev.tiu.snapshot;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.NestedSubvolume;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Builds the snapshot of a system that is adopted, from the number to the seal. A run that is
 * killed is never gone on with: there is nothing to fetch, and the next one is of a later moment.
 */
public final class AdoptedBuilder implements AutoCloseable {
  private static final BytePath COPIED_ETC = BytePath.of(".tiu-etc");
  private static final BytePath VAR_TMP = BytePath.of("var/tmp");

  private final SnapshotStore store;
  private final SnapshotInfo info;
  private final Dir place;

  private AdoptedBuilder(SnapshotStore store, SnapshotInfo info, Dir place) {
    this.store = store;
    this.info = info;
    this.place = place;
  }

  /**
   * Gives it a number.
   *
   * @param architecture of its programs, as {@code uname -m} says it
   */
  public static AdoptedBuilder begin(
      SnapshotStore store, String architecture, String description, Instant now)
      throws IOException {
    SnapshotInfo info =
        store.create(number -> SnapshotInfo.adopting(number, now, description, architecture));
    return new AdoptedBuilder(store, info, store.open(info.number()));
  }

  public int number() {
    return info.number();
  }

  /**
   * Makes root, live {@code /etc} and the shared subvolumes, all but what is mounted from elsewhere
   * of one moment. {@code /etc} as shipped is empty still.
   *
   * @param shares where the shared subvolumes are made
   */
  public void take(ForeignSystem system, Dir shares) throws IOException {
    place.makeDir(Layout.FILES, 0700);
    snapshotRoot(system);
    try (Dir root = place.openDir(Layout.ROOT)) {
      leaveOutNested(system, root);
      AdoptedShares.make(system, root, shares);
      for (Layout.Shared shared : Layout.SHARED) {
        makeMountPoint(root, shared.directory());
      }
      if (shares.find(VAR_TMP).filter(s -> s.type() == FileType.DIRECTORY).isPresent()) {
        // A generator of initrds needs it to be there.
        root.makeDir(VAR_TMP, 01777);
      }
      for (String name : new String[] {"tmp", "run"}) {
        empty(root, BytePath.of(name));
      }
      nestEtc(root);
      FileStatus before = system.root().status(BytePath.ROOT);
      root.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
    }
    Btrfs.createSubvolume(place, Layout.ETC);
  }

  private void snapshotRoot(ForeignSystem system) throws IOException {
    try {
      Btrfs.snapshot(system.root(), place, Layout.ROOT, Access.WRITABLE);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ETXTBSY) {
        throw new DeviceException(
            "a swap file in the root is in use, and btrfs makes no snapshot then. Nothing was"
                + " changed; `swapoff` it, and remove it or put it on a subvolume of its own that"
                + " /etc/fstab mounts");
      }
      throw e;
    }
  }

  /** A snapshot has directories in their place that nothing can be made in. */
  private static void leaveOutNested(ForeignSystem system, Dir root) throws IOException {
    for (NestedSubvolume nested : Btrfs.nested(system.root())) {
      BytePath path = nested.path();
      Optional<FileStatus> present = root.find(path);
      if (!system.isLeftOut(path)
          || present.filter(s -> s.inode() == Layout.PLACEHOLDER_INODE).isEmpty()) {
        continue;
      }
      root.removeDir(path);
      if (!system.isBesideRoot(path)) {
        root.makeDir(path, present.get().mode());
      }
    }
    root.removeIfThere(Layout.LOCK);
  }

  /**
   * What is in it now is shared, and would lie below the mount for as long as the snapshot does.
   */
  private static void makeMountPoint(Dir root, BytePath path) throws IOException {
    if (root.find(path).isEmpty()) {
      if (!path.parent().isRoot() && root.find(path.parent()).isEmpty()) {
        root.makeDir(path.parent(), 0755);
      }
      root.makeDir(path, 0755);
    } else if (root.find(path).get().inode() == Layout.PLACEHOLDER_INODE) {
      root.removeDir(path);
      root.makeDir(path, 0755);
    }
    empty(root, path);
  }

  private static void empty(Dir root, BytePath path) throws IOException {
    if (root.find(path).filter(s -> s.type() == FileType.DIRECTORY).isEmpty()) {
      return;
    }
    try (Dir dir = root.openDir(path)) {
      for (DirEntry entry : dir.list()) {
        dir.removeTree(entry.name());
      }
    }
  }

  private static void nestEtc(Dir root) throws IOException {
    root.rename(Layout.ETC, COPIED_ETC);
    Btrfs.createSubvolume(root, Layout.ETC);
    try (Dir from = root.openDir(COPIED_ETC);
        Dir to = root.openDir(Layout.ETC)) {
      TreeCopy copy = new TreeCopy(to);
      for (DirEntry entry : from.list()) {
        copy.copy(from, entry.name(), entry.name());
      }
    }
    TreeCopy.copyMetadata(root, COPIED_ETC, root, Layout.ETC);
    root.removeTree(COPIED_ETC);
  }

  /** Its root, with the live {@code /etc} in it. */
  public Dir openRoot() throws IOException {
    return place.openDir(Layout.ROOT);
  }

  /** {@code /etc} as it was shipped, to be filled with what is known of that. */
  public Dir openShippedEtc() throws IOException {
    return place.openDir(Layout.ETC);
  }

  /** Completes it and the shared subvolumes: all on the disk, with a note of what they are. */
  public void seal(Dir shares) throws IOException {
    try (Dir root = place.openDir(Layout.ROOT);
        Dir etc = place.openDir(Layout.ETC);
        Dir files = place.openDir(Layout.FILES)) {
      Btrfs.setAccess(etc, Access.READ_ONLY);
      Btrfs.setAccess(root, Access.READ_ONLY);
      place.syncFileSystem();
      files.writeAtomically(BytePath.of("adopted-shares"), AdoptedShares.note(shares), 0600);
      store.writeInfo(info.sealed(Seal.of(root), Seal.of(etc)));
    }
  }

  /** Removes the snapshot, after a failure. */
  public void discard() throws IOException {
    close();
    Optional<Snapshot> half = store.find(number());
    if (half.isPresent()) {
      store.remove(half.get());
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
