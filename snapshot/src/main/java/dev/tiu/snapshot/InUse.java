package dev.tiu.snapshot;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.MountEntry;
import dev.tiu.linux.Mounts;
import dev.tiu.linux.SubvolumeInfo;
import java.io.IOException;
import java.nio.file.Path;

/** Whether a system that runs has a subvolume mounted by itself. */
final class InUse {
  private InUse() {}

  /** False also if there is no such subvolume. */
  static boolean isMounted(Dir parent, BytePath name) throws IOException {
    if (parent.find(name).filter(s -> s.inode() == Layout.SUBVOLUME_INODE).isEmpty()) {
      return false;
    }
    SubvolumeInfo wanted;
    try (Dir subvolume = parent.openDir(name)) {
      wanted = Btrfs.info(subvolume);
    }
    for (MountEntry mount : Mounts.mounted()) {
      if (mount.fsType().equals("btrfs")
          && Long.toString(wanted.id()).equals(mount.superOptions().get("subvolid"))
          && shows(mount, wanted)) {
        return true;
      }
    }
    return false;
  }

  /** Another btrfs may have a subvolume with that id; what can't be looked at counts. */
  private static boolean shows(MountEntry mount, SubvolumeInfo wanted) {
    try (Dir dir = Dir.open(Path.of(mount.mountPoint()))) {
      return !Btrfs.isBtrfs(dir) || Btrfs.info(dir).uuid().equals(wanted.uuid());
    } catch (LinuxException e) {
      return true;
    }
  }
}
