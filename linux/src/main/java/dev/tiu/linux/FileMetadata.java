package dev.tiu.linux;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a file has beside its content and its times: owner, mode and extended attributes.
 *
 * <p>Two are equal if all of it is. A symbolic link's mode says nothing, and is neither compared
 * nor set.
 *
 * @param type of the file that it is of
 * @param mode permission bits, 07777
 * @param xattrs by name, the kernel's bytes; must not be changed
 */
public record FileMetadata(
    FileType type, int mode, int uid, int gid, SortedMap<String, byte[]> xattrs) {
  /** SELinux's: the kernel gives one to every new file, and lets nobody take it away. */
  public static final String LABEL = "security.selinux";

  public FileMetadata {
    xattrs = new TreeMap<>(xattrs);
  }

  /** That of what has this path, of a link itself. */
  public static FileMetadata of(Dir dir, BytePath path) throws IOException {
    return of(dir, path, dir.status(path));
  }

  /** The same, where the status is known already. */
  public static FileMetadata of(Dir dir, BytePath path, FileStatus status) throws IOException {
    return new FileMetadata(
        status.type(), status.mode(), status.uid(), status.gid(), dir.xattrs(path));
  }

  /** The same without SELinux's label, which comes from a policy and not from a person. */
  public FileMetadata withoutLabel() {
    if (!xattrs.containsKey(LABEL)) {
      return this;
    }
    SortedMap<String, byte[]> others = new TreeMap<>(xattrs);
    others.remove(LABEL);
    return new FileMetadata(type, mode, uid, gid, others);
  }

  /** Gives all of it to what has this path, which is of the same type; its time stays. */
  public void applyTo(Dir dir, BytePath path) throws IOException {
    // Changing the owner takes set-id bits and capabilities away; an ACL shares bits with the mode.
    dir.setOwner(path, uid, gid);
    SortedMap<String, byte[]> present = dir.xattrs(path);
    for (String name : present.keySet()) {
      if (!xattrs.containsKey(name) && !name.equals(LABEL)) {
        dir.removeXattr(path, name);
      }
    }
    for (Map.Entry<String, byte[]> wanted : xattrs.entrySet()) {
      byte[] found = present.get(wanted.getKey());
      if (found == null || !Arrays.equals(found, wanted.getValue())) {
        dir.setXattr(path, wanted.getKey(), wanted.getValue());
      }
    }
    if (type != FileType.SYMLINK) {
      dir.setMode(path, mode);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileMetadata that
        && type == that.type
        && (mode == that.mode || type == FileType.SYMLINK)
        && uid == that.uid
        && gid == that.gid
        && sameXattrs(that.xattrs);
  }

  private boolean sameXattrs(SortedMap<String, byte[]> others) {
    if (!xattrs.keySet().equals(others.keySet())) {
      return false;
    }
    for (Map.Entry<String, byte[]> entry : xattrs.entrySet()) {
      if (!Arrays.equals(entry.getValue(), others.get(entry.getKey()))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * type.hashCode() + uid) + gid;
  }
}
