package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who has files in the directories that all snapshots share. They are walked, all of them and once,
 * when somebody asks first.
 */
public final class SharedOwners {
  private final Device device;
  private final Set<Integer> users = new HashSet<>();
  private final Set<Integer> groups = new HashSet<>();
  private boolean walked;

  /** Looks at nothing yet; the device stays the caller's. */
  public SharedOwners(Device device) {
    this.device = device;
  }

  /** Whether a user owns any of them. */
  public boolean hasUser(int uid) throws IOException {
    walk();
    return users.contains(uid);
  }

  /** Whether any of them is a group's. */
  public boolean hasGroup(int gid) throws IOException {
    walk();
    return groups.contains(gid);
  }

  private void walk() throws IOException {
    if (walked) {
      return;
    }
    try (Dir system = device.system()) {
      for (Layout.Shared shared : Layout.SHARED) {
        look(system, shared.subvolume());
      }
    }
    walked = true;
  }

  /** They are live: what goes meanwhile has no owner any more. */
  private void look(Dir parent, BytePath name) throws IOException {
    Optional<FileStatus> status = parent.find(name);
    if (status.isEmpty()) {
      return;
    }
    users.add(status.get().uid());
    groups.add(status.get().gid());
    if (status.get().type() != FileType.DIRECTORY) {
      return;
    }
    try (Dir dir = parent.openDir(name)) {
      for (DirEntry entry : dir.list()) {
        look(dir, entry.name());
      }
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
        throw e;
      }
    }
  }
}
