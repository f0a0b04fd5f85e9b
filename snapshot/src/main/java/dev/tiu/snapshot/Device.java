package dev.tiu.snapshot;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileSystemSpace;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LockFile;
import dev.tiu.linux.MountEntry;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A device's btrfs, held by its top level: the running system's, or a disk mounted elsewhere. */
public final class Device implements AutoCloseable {
  private final Dir top;
  private final String name;
  private final Optional<UUID> booted;
  private final boolean running;

  private Device(Dir top, String name, Optional<UUID> booted, boolean running) {
    this.top = top;
    this.name = name;
    this.booted = booted;
    this.running = running;
  }

  /**
   * A disk whose top level is mounted at {@code mountPoint}.
   *
   * @throws DeviceException if that is no btrfs, or not its top level
   */
  public static Device ofSysroot(Path mountPoint) throws IOException {
    Dir top = Dir.open(mountPoint);
    try {
      if (!Btrfs.isBtrfs(top)) {
        throw new DeviceException(
            mountPoint
                + " is not on a btrfs. tiu keeps systems as btrfs snapshots: make one with"
                + " mkfs.btrfs and mount it there");
      }
      if (!Btrfs.isSubvolume(top) || Btrfs.rootId(top) != Btrfs.TOP_LEVEL) {
        throw new DeviceException(
            mountPoint
                + " is not the top level of its btrfs. Mount it with"
                + " `mount -o subvolid=5 DEVICE "
                + mountPoint
                + "`");
      }
      return new Device(top, mountPoint.toString(), bootedSubvolume(), false);
    } catch (IOException | RuntimeException e) {
      top.close();
      throw e;
    }
  }

  /**
   * The disk that the running system's root lies on; its top level is mounted for this process
   * alone and goes with it.
   *
   * @throws DeviceException if the root isn't a btrfs
   */
  public static Device ofRunningSystem() throws IOException {
    MountEntry root =
        Mounts.mounted().stream()
            .filter(m -> m.mountPoint().equals("/"))
            .max(Comparator.comparingInt(MountEntry::id))
            .orElseThrow(() -> new DeviceException("/proc/self/mountinfo shows no mount at /"));
    if (!root.fsType().equals("btrfs")) {
      throw new DeviceException(
          "the running system's root is %s, not btrfs, so there are no snapshots here."
                  .formatted(root.fsType())
              + " To work on a disk that is mounted elsewhere, name it with --sysroot");
    }
    if (!Files.exists(Path.of(root.source()))) {
      throw new DeviceException(
          "the kernel calls the running system's disk %s, and there is no such device. Mount its"
                  .formatted(root.source())
              + " top level (subvolid=5) and name that with --sysroot");
    }
    Dir top =
        Mounts.detached("btrfs", Path.of(root.source()), Map.of("subvolid", "5"), Access.WRITABLE);
    try {
      return new Device(top, root.source(), bootedSubvolume(), true);
    } catch (IOException | RuntimeException e) {
      top.close();
      throw e;
    }
  }

  /**
   * A new disk that isn't mounted anywhere.
   *
   * @param top its top level, which is closed with the device
   * @param name of the disk, for messages
   */
  public static Device ofNewDisk(Dir top, String name) {
    return new Device(top, name, Optional.empty(), false);
  }

  private static Optional<UUID> bootedSubvolume() throws IOException {
    try (Dir root = Dir.open(Path.of("/"))) {
      return Btrfs.isBtrfs(root) && Btrfs.isSubvolume(root)
          ? Optional.of(Btrfs.info(root).uuid())
          : Optional.empty();
    }
  }

  /** How messages name the device: its mount point, or the block device. */
  public String name() {
    return name;
  }

  /** Whether this is the running system's own disk. */
  public boolean isRunning() {
    return running;
  }

  /** The top level itself. */
  public Dir top() {
    return top;
  }

  public FileSystemSpace space() throws IOException {
    return top.space();
  }

  /** Whether tiu's layout is there, whole. */
  public boolean isInstalled() throws IOException {
    return top.find(Layout.SYSTEM.resolve(Layout.SNAPSHOTS_NAME))
        .filter(status -> status.type() == FileType.DIRECTORY)
        .isPresent();
  }

  /**
   * The subvolume {@code @}.
   *
   * @throws DeviceException if tiu was never installed there
   */
  public Dir system() throws IOException {
    if (!isInstalled()) {
      throw new DeviceException(
          name
              + " has no @/.snapshots: no system was installed there by tiu. `tiu install` does"
              + " that on an empty btrfs");
    }
    return top.openDir(Layout.SYSTEM);
  }

  /** The device's snapshots. */
  public SnapshotStore snapshots() throws IOException {
    try (Dir system = system()) {
      return SnapshotStore.open(system, booted);
    }
  }

  /**
   * Creates in the shared directories what a snapshot's image brings there and what is missing.
   * What is there is never touched.
   *
   * @return whether anything was missing, and isn't on the disk before a sync
   */
  public boolean addMissingShared(SnapshotStore store, int number) throws IOException {
    try (Dir system = system();
        Dir place = store.open(number);
        Dir root = place.openDir(Layout.ROOT)) {
      return SharedContent.addMissing(system, root);
    }
  }

  /**
   * Gives what an image has brought into the shared directories the owners that it has in one
   * snapshot of that image, where it still has those that it has in another one.
   *
   * @return whether there was anything, which isn't on the disk before a sync
   */
  public boolean renumberShared(SnapshotStore store, int before, int after) throws IOException {
    try (Dir system = system();
        Dir old = store.open(before);
        Dir oldRoot = old.openDir(Layout.ROOT);
        Dir place = store.open(after);
        Dir root = place.openDir(Layout.ROOT)) {
      return SharedOwnership.renumber(system, oldRoot, root);
    }
  }

  /** The snapshots of a system that isn't in its place yet. */
  SnapshotStore snapshots(Dir unfinishedSystem) throws IOException {
    return SnapshotStore.open(unfinishedSystem, booted);
  }

  /**
   * Makes this process the only one that changes the device, until the lock is closed or the
   * process ends.
   *
   * @param holder says who we are to the next one that comes
   */
  public LockFile lock(String holder, Duration patience) throws IOException {
    return LockFile.lock(top, Layout.LOCK, holder, patience);
  }

  /** What lies at the top level besides tiu's own, by name. */
  List<BytePath> foreignEntries() throws IOException {
    return top.list().stream()
        .map(entry -> entry.name())
        .filter(n -> !n.equals(Layout.LOCK) && !n.equals(Layout.UNFINISHED_SYSTEM))
        .toList();
  }

  @Override
  public void close() {
    top.close();
  }
}
