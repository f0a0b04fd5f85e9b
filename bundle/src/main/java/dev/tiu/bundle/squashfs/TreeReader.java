package dev.tiu.bundle.squashfs;

import dev.tiu.linux.BytePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * Walks an image from its root, once, and gathers every path.
 *
 * <p>The walk keeps its own stack, visits each directory and each byte of a listing at most once,
 * and counts what it gathers, so that no image makes it run away.
 */
final class TreeReader {
  private final Tables tables;
  private final InodeTable inodes;
  private final DirectoryTable directories;
  private final SquashfsImage.Limits limits;
  private final BitSet visited = new BitSet();
  private final Deque<Level> levels = new ArrayDeque<>();
  private final List<Entry> entries = new ArrayList<>();
  private long listed;
  private long pathBytes;

  /** A directory that the walk is in. */
  private record Level(BytePath path, DirectoryTable.Cursor cursor) {}

  private record Entry(BytePath path, Inode inode) {}

  TreeReader(Tables tables, InodeTable inodes, SquashfsImage.Limits limits) {
    this.tables = tables;
    this.inodes = inodes;
    this.directories = new DirectoryTable(tables);
    this.limits = limits;
  }

  /**
   * Reads the tree.
   *
   * @param rootReference where the root's inode lies
   */
  Tree read(long rootReference) throws SquashfsException {
    Inode root = inodes.root(rootReference);
    if (!(root instanceof Inode.Directory directory)) {
      throw new SquashfsException(
          "root inode", tables.inodes().start(), "is a " + root.type() + ", not a directory");
    }
    entries.add(new Entry(BytePath.ROOT, root));
    levels.push(enter(BytePath.ROOT, directory));
    while (!levels.isEmpty()) {
      Level level = levels.element();
      if (level.cursor.next()) {
        add(level);
      } else {
        levels.pop();
      }
    }
    return tree(directory);
  }

  private void add(Level level) throws SquashfsException {
    DirectoryTable.Cursor cursor = level.cursor;
    Inode inode = cursor.inode(inodes);
    BytePath path = level.path.resolve(cursor.name());
    pathBytes += path.length();
    if (entries.size() >= limits.maxEntries()
        || path.length() > limits.maxPathLength()
        || pathBytes > limits.maxPathBytes()) {
      throw cursor.fault(
          "entry %d has a path of %d bytes, %d in all; limits are %d, %d and %d"
              .formatted(
                  entries.size(),
                  path.length(),
                  pathBytes,
                  limits.maxEntries(),
                  limits.maxPathLength(),
                  limits.maxPathBytes()));
    }
    entries.add(new Entry(path, inode));
    if (inode instanceof Inode.Directory directory) {
      if (visited.get(directory.number())) {
        throw cursor.fault(path + " is a directory that was already met: " + directory);
      }
      if (levels.size() >= limits.maxDepth()) {
        throw cursor.fault(path + " is deeper than the limit of " + limits.maxDepth());
      }
      levels.push(enter(path, directory));
    }
  }

  private Level enter(BytePath path, Inode.Directory directory) throws SquashfsException {
    visited.set(directory.number());
    DirectoryTable.Cursor cursor = directories.cursor(directory);
    listed += directory.listingSize();
    if (listed > directories.length()) {
      throw cursor.fault("overlaps other listings");
    }
    return new Level(path, cursor);
  }

  /** The walk's order is nearly that of bytes, which sorting makes use of. */
  private Tree tree(Inode.Directory root) {
    entries.sort(Comparator.comparing(Entry::path));
    TreeMap<BytePath, Inode> sorted = new TreeMap<>();
    for (Entry entry : entries) {
      sorted.put(entry.path, entry.inode);
    }
    return new Tree(sorted, root, directories, inodes);
  }
}
