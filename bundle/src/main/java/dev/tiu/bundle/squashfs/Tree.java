package dev.tiu.bundle.squashfs;

import dev.tiu.linux.BytePath;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * Every path of an image in byte order, the root ({@link BytePath#ROOT}) first.
 *
 * <p>A directory comes before what lies in it, though not always right before: {@code a-b} sorts
 * between {@code a} and {@code a/c}. Immutable.
 */
public final class Tree {
  private final NavigableMap<BytePath, Inode> entries;
  private final Inode.Directory root;
  private final DirectoryTable directories;
  private final InodeTable inodes;

  Tree(
      NavigableMap<BytePath, Inode> entries,
      Inode.Directory root,
      DirectoryTable directories,
      InodeTable inodes) {
    this.entries = Collections.unmodifiableNavigableMap(entries);
    this.root = root;
    this.directories = directories;
    this.inodes = inodes;
  }

  /** All paths and what they name; the same object under two paths is a hard link. */
  public NavigableMap<BytePath, Inode> entries() {
    return entries;
  }

  /** What the path names, if the image has it. */
  public Optional<Inode> get(BytePath path) {
    return Optional.ofNullable(entries.get(path));
  }

  /** The inode with this number, if a path leads to it. */
  public Optional<Inode> inode(int number) {
    return inodes.find(number);
  }

  /** The directory that holds all others. */
  public Inode.Directory root() {
    return root;
  }

  /**
   * The entries of a directory of this tree, in byte order.
   *
   * @throws SquashfsException if the directory is of another image and makes no sense in this one
   */
  public List<Child> list(Inode.Directory directory) throws SquashfsException {
    return directories.list(directory, inodes);
  }
}
