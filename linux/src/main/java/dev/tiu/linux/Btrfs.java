package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Subvolumes of a btrfs file system.
 *
 * <p>The ioctls and structures of {@code linux/btrfs.h}. Most need root. Names are resolved as
 * {@link Dir} does. On another file system they fail with ENOTTY.
 */
public final class Btrfs {
  /** The id of a file system's top level. */
  public static final long TOP_LEVEL = 5;

  private static final long SUPER_MAGIC = 0x9123683EL;
  private static final int FIRST_FREE_OBJECTID = 256;
  private static final int MAGIC = 0x94;

  private static final long RESIZE = Ioctl.write(MAGIC, 3, 4096);
  private static final long SNAP_DESTROY = Ioctl.write(MAGIC, 15, 4096);
  private static final long SUBVOL_CREATE = Ioctl.write(MAGIC, 14, 4096);
  private static final long SNAP_CREATE_V2 = Ioctl.write(MAGIC, 23, 4096);
  private static final long SUBVOL_GETFLAGS = Ioctl.read(MAGIC, 25, 8);
  private static final long SUBVOL_SETFLAGS = Ioctl.write(MAGIC, 26, 8);
  private static final long DEFAULT_SUBVOL = Ioctl.write(MAGIC, 19, 8);
  private static final long SYNC = Ioctl.none(MAGIC, 8);
  private static final int FS_INFO_SIZE = 1024;
  private static final long FS_INFO = Ioctl.read(MAGIC, 31, FS_INFO_SIZE);
  private static final long DEV_INFO = Ioctl.readWrite(MAGIC, 30, 4096);
  private static final long GET_SUBVOL_INFO = Ioctl.read(MAGIC, 60, 504);

  private static final long SUBVOL_RDONLY = 2;

  /** {@code struct btrfs_ioctl_vol_args}: s64 fd, name; and {@code _v2}'s flags and name. */
  private static final int ARGS_SIZE = 4096;

  private static final int V1_NAME = 8;
  private static final int V2_FLAGS = 16;
  private static final int V2_NAME = 56;
  private static final int DEV_PATH = 3072;

  private Btrfs() {}

  /** Whether the directory lies on btrfs. */
  public static boolean isBtrfs(Dir dir) throws LinuxException {
    int fd = dir.descriptor().acquire();
    try {
      return StatFs.type(fd, dir.descriptor().label()) == SUPER_MAGIC;
    } finally {
      dir.descriptor().release();
    }
  }

  /** Whether the directory is a subvolume's root, and not just somewhere in one. */
  public static boolean isSubvolume(Dir dir) throws LinuxException {
    return dir.status(BytePath.ROOT).inode() == FIRST_FREE_OBJECTID && isBtrfs(dir);
  }

  /** Makes an empty, writable subvolume, with mode 0755. */
  public static void createSubvolume(Dir parent, BytePath name) throws LinuxException {
    try (Place place = parent.namedForIoctl(name)) {
      long args = args(place, V1_NAME);
      place.check(LibC.ioctl(place.fd(), SUBVOL_CREATE, args), "BTRFS_IOC_SUBVOL_CREATE");
    }
    parent.setMode(name, 0755);
  }

  /** Makes a snapshot of a subvolume; where it has nested ones, there are empty directories. */
  public static void snapshot(Dir source, Dir parent, BytePath name, Access access)
      throws LinuxException {
    int sourceFd = source.descriptor().acquire();
    try (Place place = parent.namedForIoctl(name)) {
      long args = args(place, V2_NAME);
      ByteBuffer buffer = Scratch.get().buffer;
      buffer.putLong(Scratch.STRUCT, sourceFd);
      buffer.putLong(Scratch.STRUCT + V2_FLAGS, access == Access.READ_ONLY ? SUBVOL_RDONLY : 0);
      place.check(LibC.ioctl(place.fd(), SNAP_CREATE_V2, args), "BTRFS_IOC_SNAP_CREATE_V2");
    } finally {
      source.descriptor().release();
    }
  }

  /**
   * Deletes a subvolume, read-only or not, and the ones nested in it first.
   *
   * <p>The file system's default subvolume can't be deleted (EPERM), nor one that is mounted by
   * itself (EBUSY). When a nested one can't be, those deleted before it are gone.
   */
  public static void deleteSubvolume(Dir parent, BytePath name) throws LinuxException {
    try (Dir subvolume = parent.openDirOnSameMount(name)) {
      if (!isSubvolume(subvolume)) {
        throw new LinuxException(
            Errno.EINVAL, "BTRFS_IOC_SNAP_DESTROY", subvolume.toString(), "not a subvolume");
      }
      deleteNested(subvolume);
    }
    try (Place place = parent.namedForIoctl(name)) {
      long args = args(place, V1_NAME);
      place.check(LibC.ioctl(place.fd(), SNAP_DESTROY, args), "BTRFS_IOC_SNAP_DESTROY");
    }
  }

  private static void deleteNested(Dir subvolume) throws LinuxException {
    List<NestedSubvolume> children = RootTree.children(subvolume, rootId(subvolume));
    if (!children.isEmpty() && access(subvolume) == Access.READ_ONLY) {
      setAccess(subvolume, Access.WRITABLE);
    }
    for (NestedSubvolume child : children) {
      try (Dir dir = subvolume.openDirOnSameMount(child.path())) {
        // What the tree says and what lies there differ only when somebody renames meanwhile.
        if (rootId(dir) != child.id()) {
          throw new LinuxException(
              Errno.ESTALE,
              "BTRFS_IOC_SNAP_DESTROY",
              dir.toString(),
              "not subvolume " + child.id());
        }
      }
      deleteSubvolume(subvolume, child.path());
    }
  }

  /** All subvolumes below a directory, the nested ones' nested ones too, parents first. */
  public static List<NestedSubvolume> nested(Dir dir) throws LinuxException {
    long rootId = rootId(dir);
    BytePath prefix = RootTree.path(dir, rootId, dir.status(BytePath.ROOT).inode());
    List<NestedSubvolume> found = new ArrayList<>();
    for (NestedSubvolume child : RootTree.children(dir, rootId)) {
      if (child.path().startsWith(prefix)) {
        addWithNested(dir, child.path().relativeTo(prefix), child.id(), found);
      }
    }
    return found;
  }

  private static void addWithNested(Dir dir, BytePath path, long id, List<NestedSubvolume> found)
      throws LinuxException {
    found.add(new NestedSubvolume(path, id));
    for (NestedSubvolume child : RootTree.children(dir, id)) {
      addWithNested(dir, path.resolve(child.path()), child.id(), found);
    }
  }

  /** Whether the subvolume may be written. */
  public static Access access(Dir subvolume) throws LinuxException {
    call(subvolume, SUBVOL_GETFLAGS, "BTRFS_IOC_SUBVOL_GETFLAGS");
    long flags = Scratch.get().buffer.getLong(Scratch.STRUCT);
    return (flags & SUBVOL_RDONLY) != 0 ? Access.READ_ONLY : Access.WRITABLE;
  }

  /** Makes the subvolume read-only or writable. */
  public static void setAccess(Dir subvolume, Access access) throws LinuxException {
    call(subvolume, SUBVOL_GETFLAGS, "BTRFS_IOC_SUBVOL_GETFLAGS");
    ByteBuffer buffer = Scratch.get().buffer;
    long others = buffer.getLong(Scratch.STRUCT) & ~SUBVOL_RDONLY;
    buffer.putLong(Scratch.STRUCT, others | (access == Access.READ_ONLY ? SUBVOL_RDONLY : 0));
    call(subvolume, SUBVOL_SETFLAGS, "BTRFS_IOC_SUBVOL_SETFLAGS");
  }

  /** The id of the subvolume that is mounted when nobody says which. */
  public static long defaultSubvolume(Dir any) throws LinuxException {
    return RootTree.defaultSubvolume(any);
  }

  /** Sets that; ENOENT if there is no such subvolume. */
  public static void setDefaultSubvolume(Dir any, long id) throws LinuxException {
    Scratch.get().buffer.putLong(Scratch.STRUCT, id);
    call(any, DEFAULT_SUBVOL, "BTRFS_IOC_DEFAULT_SUBVOL");
  }

  /** What btrfs knows of the subvolume that the directory lies in. */
  public static SubvolumeInfo info(Dir subvolume) throws LinuxException {
    call(subvolume, GET_SUBVOL_INFO, "BTRFS_IOC_GET_SUBVOL_INFO");
    // struct btrfs_ioctl_get_subvol_info_args: treeid, name[256], parent_id, dirid, generation,
    // flags, uuid, parent_uuid, received_uuid, ctransid,
    // otransid …
    ByteBuffer buffer = Scratch.get().buffer;
    int at = Scratch.STRUCT;
    boolean readOnly = (buffer.getLong(at + 288) & 1) != 0; // BTRFS_ROOT_SUBVOL_RDONLY
    UUID parentUuid = uuid(at + 312);
    return new SubvolumeInfo(
        buffer.getLong(at),
        uuid(at + 296),
        Optional.of(parentUuid).filter(uuid -> !uuid.equals(new UUID(0, 0))),
        buffer.getLong(at + 264),
        buffer.getLong(at + 280),
        buffer.getLong(at + 344),
        buffer.getLong(at + 352),
        readOnly ? Access.READ_ONLY : Access.WRITABLE);
  }

  /** The file system's own UUID, by which mounts name it. */
  public static UUID fileSystemId(Dir any) throws LinuxException {
    fileSystemInfo(any);
    return uuid(Scratch.STRUCT + 16);
  }

  /**
   * Into the scratch: {@code struct btrfs_ioctl_fs_info_args}, u64 max_id, num_devices, fsid[16].
   */
  private static void fileSystemInfo(Dir any) throws LinuxException {
    // Its flags ask for more, and are none.
    Scratch.get().clear(Scratch.STRUCT, FS_INFO_SIZE);
    call(any, FS_INFO, "BTRFS_IOC_FS_INFO");
  }

  private static UUID uuid(int index) {
    ByteBuffer bytes = Scratch.get().buffer.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new UUID(bytes.getLong(index), bytes.getLong(index + 8));
  }

  /**
   * Makes the file system as large as its first device is now; one that is as large already stays.
   */
  public static void growToDevice(Dir any) throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.clear(Scratch.STRUCT, ARGS_SIZE);
    scratch.buffer.put(Scratch.STRUCT + V1_NAME, "1:max".getBytes(UTF_8));
    call(any, RESIZE, "BTRFS_IOC_RESIZE");
  }

  /** The id of the subvolume that the directory lies in. */
  public static long rootId(Dir dir) throws LinuxException {
    return RootTree.idOf(dir);
  }

  /** A block device of the file system that the directory lies on, by the kernel's name for it. */
  static Path device(Dir any) throws LinuxException {
    fileSystemInfo(any);
    long highest = Scratch.get().buffer.getLong(Scratch.STRUCT);
    for (long id = 1; id <= highest; id++) {
      Optional<Path> device = device(any, id);
      if (device.isPresent()) {
        return device.get();
      }
    }
    throw new LinuxException(
        Errno.ENODEV, "BTRFS_IOC_DEV_INFO", any.toString(), "no device has a name");
  }

  /** {@code struct btrfs_ioctl_dev_info_args}: u64 devid, uuid[16], …, path[1024] at its end. */
  private static Optional<Path> device(Dir any, long id) throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.clear(Scratch.STRUCT, ARGS_SIZE);
    scratch.buffer.putLong(Scratch.STRUCT, id);
    try {
      call(any, DEV_INFO, "BTRFS_IOC_DEV_INFO");
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENODEV) {
        return Optional.empty(); // Removed, and its number isn't given again.
      }
      throw e;
    }
    byte[] path = scratch.cString(Scratch.STRUCT + DEV_PATH, ARGS_SIZE - DEV_PATH);
    return Optional.of(Path.of(new String(path, UTF_8))).filter(p -> !p.toString().isEmpty());
  }

  /** Waits until all that was done before is on the disk. */
  public static void sync(Dir any) throws LinuxException {
    call(any, SYNC, "BTRFS_IOC_SYNC");
  }

  /** An ioctl whose structure is in the scratch. */
  static void call(Dir dir, long request, String name) throws LinuxException {
    int fd = dir.descriptor().acquire();
    try {
      long args = Scratch.get().address(Scratch.STRUCT);
      Calls.ioctl(fd, request, args, name, dir.descriptor().label(), BytePath.ROOT);
    } finally {
      dir.descriptor().release();
    }
  }

  /** A structure of zeros but for the place's name; gives its address. */
  private static long args(Place place, int nameOffset) throws LinuxException {
    Scratch scratch = Scratch.get();
    scratch.clear(Scratch.STRUCT, ARGS_SIZE);
    place.putName(Scratch.STRUCT + nameOffset);
    return scratch.address(Scratch.STRUCT);
  }
}
