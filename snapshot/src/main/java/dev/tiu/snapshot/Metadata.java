package dev.tiu.snapshot;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Owner, mode, xattrs and modification time of an inode.
 *
 * <p>They are set in this order because chown(2) clears setuid bits and capabilities, and because
 * each of the others would move the time.
 */
final class Metadata {
  private Metadata() {}

  /** Whether two inodes of images agree in all of it. */
  static boolean same(Inode a, Inode b) {
    return sameAccess(a, b) && a.mtimeSeconds() == b.mtimeSeconds() && a.sameXattrs(b);
  }

  /** Whether an inode on the disk agrees in all but xattrs, which cost a call each to read. */
  static boolean matches(Inode inode, FileStatus actual) {
    return (inode.type() == FileType.SYMLINK || inode.mode() == actual.mode())
        && inode.uid() == actual.uid()
        && inode.gid() == actual.gid()
        && inode.mtimeSeconds() == actual.mtimeSeconds()
        && actual.mtimeNanos() == 0;
  }

  /**
   * Sets all of it on a file that was just created by us.
   *
   * @param birth what new files have in that directory: even root's may have another group, a
   *     default ACL, or a label
   */
  static void setOnNew(FileHandle file, Inode inode, Parents.Birth birth) throws IOException {
    if (birth.uid() != inode.uid() || birth.gid() != inode.gid()) {
      file.setOwner(inode.uid(), inode.gid());
    }
    file.setMode(inode.mode());
    if (!birth.bare() || !inode.xattrs().isEmpty()) {
      setXattrs(file.xattrs(), ImageTree.xattrs(inode), file::setXattr, file::removeXattr);
    }
    file.setModificationTime(inode.mtimeSeconds(), 0);
  }

  /** Sets all of it, and takes away xattrs that the image doesn't have. */
  static void set(Dir parent, BytePath name, Inode inode, SortedMap<String, byte[]> xattrs)
      throws IOException {
    parent.setOwner(name, inode.uid(), inode.gid());
    if (inode.type() != FileType.SYMLINK) {
      parent.setMode(name, inode.mode());
    }
    setXattrs(parent, name, xattrs);
    parent.setModificationTime(name, inode.mtimeSeconds(), 0);
  }

  private static void setXattrs(Dir parent, BytePath name, SortedMap<String, byte[]> xattrs)
      throws IOException {
    setXattrs(
        parent.xattrs(name),
        xattrs,
        (key, value) -> parent.setXattr(name, key, value),
        key -> parent.removeXattr(name, key));
  }

  /**
   * Sets what differs from what is there, and the time, which other changes may have moved.
   *
   * @param known what is there; empty if nobody knows
   */
  static void change(Dir parent, BytePath name, Inode inode, Optional<Inode> known)
      throws IOException {
    if (known.filter(before -> sameAccess(inode, before)).isEmpty()) {
      set(parent, name, inode, ImageTree.xattrs(inode));
      return;
    }
    if (!inode.sameXattrs(known.get())) {
      setXattrs(parent, name, ImageTree.xattrs(inode));
    }
    parent.setModificationTime(name, inode.mtimeSeconds(), 0);
  }

  /** A change of owner or mode may take xattrs along. */
  private static boolean sameAccess(Inode a, Inode b) {
    return a.mode() == b.mode() && a.uid() == b.uid() && a.gid() == b.gid();
  }

  private interface XattrSetter {
    void set(String key, byte[] value) throws IOException;
  }

  private interface XattrRemover {
    void remove(String key) throws IOException;
  }

  /**
   * btrfs.* are the file system's own switches, such as the compression that an admin chose; a
   * SELinux label can't be removed, only replaced.
   */
  private static boolean isTheSystems(String key) {
    return key.startsWith("btrfs.") || key.equals("security.selinux");
  }

  private static void setXattrs(
      SortedMap<String, byte[]> actual,
      SortedMap<String, byte[]> wanted,
      XattrSetter setter,
      XattrRemover remover)
      throws IOException {
    for (String key : actual.keySet()) {
      if (!wanted.containsKey(key) && !isTheSystems(key)) {
        remover.remove(key);
      }
    }
    for (Map.Entry<String, byte[]> entry : wanted.entrySet()) {
      byte[] present = actual.get(entry.getKey());
      if (present == null || !Arrays.equals(present, entry.getValue())) {
        setter.set(entry.getKey(), entry.getValue());
      }
    }
  }
}
