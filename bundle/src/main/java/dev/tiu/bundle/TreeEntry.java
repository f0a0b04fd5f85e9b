package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A name in the tree that is packed, as its source has it.
 *
 * @param mode 07777
 * @param mtime seconds since 1970
 * @param size of a regular file's content, in bytes; else 0
 * @param major of a device, else 0
 * @param minor of a device, else 0
 * @param target a symlink's, else empty
 * @param hardLink the earlier name of the same inode; then the inode's own fields say nothing
 * @param xattrs under the kernel's names
 */
record TreeEntry(
    BytePath path,
    FileType type,
    int mode,
    int uid,
    int gid,
    long mtime,
    long size,
    int major,
    int minor,
    Bytes target,
    Optional<BytePath> hardLink,
    SortedMap<String, Bytes> xattrs) {

  TreeEntry {
    xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
  }

  /** What a directory is that the source has only as part of a longer name. */
  static TreeEntry impliedDirectory(BytePath path, long mtime) {
    return new TreeEntry(
        path,
        FileType.DIRECTORY,
        0755,
        0,
        0,
        mtime,
        0,
        0,
        0,
        Bytes.EMPTY,
        Optional.empty(),
        Collections.emptySortedMap());
  }

  /**
   * A link that stands for something: with its owner and time, and its label where it has one.
   *
   * @param like what it stands for
   */
  static TreeEntry symlink(BytePath path, Bytes target, TreeEntry like) {
    SortedMap<String, Bytes> label = new TreeMap<>(like.xattrs);
    label.keySet().retainAll(Set.of("security.selinux"));
    return new TreeEntry(
        path,
        FileType.SYMLINK,
        0777,
        like.uid,
        like.gid,
        like.mtime,
        0,
        0,
        0,
        target,
        Optional.empty(),
        label);
  }

  TreeEntry withPath(BytePath other) {
    return new TreeEntry(
        other, type, mode, uid, gid, mtime, size, major, minor, target, hardLink, xattrs);
  }

  TreeEntry withHardLink(Optional<BytePath> other) {
    return new TreeEntry(
        path, type, mode, uid, gid, mtime, size, major, minor, target, other, xattrs);
  }

  TreeEntry withMtime(long seconds) {
    return new TreeEntry(
        path, type, mode, uid, gid, seconds, size, major, minor, target, hardLink, xattrs);
  }

  TreeEntry withoutContent() {
    return new TreeEntry(
        path, type, mode, uid, gid, mtime, 0, major, minor, target, hardLink, xattrs);
  }

  TreeEntry withXattrs(SortedMap<String, Bytes> others) {
    return new TreeEntry(
        path, type, mode, uid, gid, mtime, size, major, minor, target, hardLink, others);
  }
}
