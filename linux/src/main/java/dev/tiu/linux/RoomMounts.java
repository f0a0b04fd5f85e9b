package dev.tiu.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is mounted for a room, in the calling thread's own namespace.
 *
 * <p>All is mounted on directories that were opened below the root without following a link, so
 * that no tree can lead a mount out of it.
 */
final class RoomMounts implements AutoCloseable {
  private static final long RDONLY = 1;
  private static final long NOSUID = 2;
  private static final long NODEV = 4;
  private static final long NOEXEC = 8;
  private static final long REMOUNT = 32;
  private static final long BIND = 4096;

  private static final BytePath DEV = BytePath.of("dev");
  private static final BytePath SYS = BytePath.of("sys");

  /** Mounted by the program's first process, as it shows the processes of who mounts it. */
  private static final BytePath PROC = BytePath.of("proc");

  private static final BytePath RUN = BytePath.of("run");
  private static final List<BytePath> IN_MEMORY =
      List.of(RUN, BytePath.of("tmp"), BytePath.of("var/tmp"));

  /** Hidden from nobody but this thread and the program. The second is there for want of one. */
  private static final List<Path> POINTS = List.of(Path.of("/mnt"), Path.of("/tmp"));

  private final Path point;
  private final Dir root;

  private RoomMounts(Path point, Dir root) {
    this.point = point;
    this.root = root;
  }

  /** Gives the calling thread its own mounts, and mounts the room; the thread must end then. */
  static RoomMounts make(Room room) throws LinuxException {
    requireSubvolume(room.root());
    Path point = POINTS.stream().filter(Files::isDirectory).findFirst().orElse(POINTS.get(0));
    Mounts.enterPrivateNamespace();
    // A file system can't be mounted where it is mounted already, as the device's own may be here.
    Mounts.mount(Path.of("none"), point, "tmpfs", NOSUID | NODEV | NOEXEC, "");
    mountSubvolume(room.root(), point, NODEV);
    RoomMounts mounts = null;
    try {
      mounts = new RoomMounts(point, Dir.open(point));
      mounts.fill(room);
      return mounts;
    } catch (LinuxException | RuntimeException e) {
      if (mounts == null) {
        Mounts.detach(point);
      } else {
        mounts.close();
      }
      throw e;
    }
  }

  private static void requireSubvolume(Dir root) throws LinuxException {
    if (!Btrfs.isSubvolume(root)) {
      throw new LinuxException(Errno.EINVAL, "mount", root.toString(), "not a btrfs subvolume");
    }
  }

  /**
   * A mount of its own, and no bind of what the handle came through: that may be seen in no
   * namespace at all, as {@link Mounts#detached} makes them, and then binds to nothing.
   */
  private static void mountSubvolume(Dir subvolume, Path target, long flags) throws LinuxException {
    String which = "subvolid=" + Btrfs.rootId(subvolume);
    Mounts.mount(Btrfs.device(subvolume), target, "btrfs", flags, which);
  }

  private void fill(Room room) throws LinuxException {
    for (BytePath path : room.writable()) {
      try (Dir directory = root.openDir(path)) {
        Path itself = directory.procPath(BytePath.ROOT);
        Mounts.mount(itself, itself, "none", BIND, "");
      }
    }
    remount(point, RDONLY | NODEV);
    for (Room.Shown shown : room.shown()) {
      show(shown);
    }
    Set<BytePath> taken = new HashSet<>(room.writable());
    room.shown().forEach(shown -> taken.add(shown.place()));
    for (BytePath path : IN_MEMORY) {
      if (!taken.contains(path)) {
        mountIfThere(path, "tmpfs", NOSUID | NODEV, path.equals(RUN) ? "mode=755" : "mode=1777");
      }
    }
    mountIfThere(SYS, "sysfs", RDONLY | NOSUID | NODEV | NOEXEC, "");
    if (mountIfThere(DEV, "tmpfs", NOSUID | NOEXEC, "mode=755,size=64m")) {
      try (Dir dev = root.openDir(DEV)) {
        RoomDevices.make(dev);
      }
    }
  }

  private static void remount(Path target, long flags) throws LinuxException {
    Mounts.mount(Path.of("none"), target, "none", REMOUNT | BIND | flags, "");
  }

  private void show(Room.Shown shown) throws LinuxException {
    requireSubvolume(shown.subvolume());
    Optional<Dir> place = directory(shown.place());
    if (place.isPresent()) {
      try (Dir target = place.get()) {
        mountSubvolume(shown.subvolume(), target.procPath(BytePath.ROOT), NODEV);
      }
      if (shown.access() == Access.READ_ONLY) {
        try (Dir mounted = root.openDir(shown.place())) {
          remount(mounted.procPath(BytePath.ROOT), RDONLY | NODEV);
        }
      }
    }
  }

  private boolean mountIfThere(BytePath path, String type, long flags, String options)
      throws LinuxException {
    Optional<Dir> directory = directory(path);
    if (directory.isEmpty()) {
      return false;
    }
    try (Dir target = directory.get()) {
      Mounts.mount(Path.of(type), target.procPath(BytePath.ROOT), type, flags, options);
    }
    return true;
  }

  /** Empty where there is none, or a link: the program does without. */
  private Optional<Dir> directory(BytePath path) throws LinuxException {
    try {
      return Optional.of(root.openDir(path));
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case ENOENT, ENOTDIR, ELOOP -> Optional.empty();
        default -> throw e;
      };
    }
  }

  /** Where the calling thread, and programs that it runs, find the root. */
  Path point() {
    return point;
  }

  /** Whether the root has a directory for {@code /proc}. */
  boolean hasProc() throws LinuxException {
    Optional<Dir> proc = directory(PROC);
    proc.ifPresent(Dir::close);
    return proc.isPresent();
  }

  /** At once, and not when the thread has ended: who waits for that wants to use the subvolume. */
  @Override
  public void close() throws LinuxException {
    root.close();
    Mounts.detach(point);
  }
}
