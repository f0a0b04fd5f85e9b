package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that counts of one file, as a value; a tree is a map of them by path, its root included.
 *
 * @param content a file's bytes, a link's target, a device's number, else empty
 */
record Item(
    FileType type, int mode, int uid, int gid, SortedMap<String, String> xattrs, String content) {
  private static final int LIMIT = 1 << 20;

  static Item file(String content) {
    return new Item(FileType.REGULAR, 0644, 0, 0, new TreeMap<>(), content);
  }

  static Item directory() {
    return new Item(FileType.DIRECTORY, 0755, 0, 0, new TreeMap<>(), "");
  }

  static Item link(String target) {
    return new Item(FileType.SYMLINK, 0777, 0, 0, new TreeMap<>(), target);
  }

  static Item fifo() {
    return new Item(FileType.FIFO, 0600, 0, 0, new TreeMap<>(), "");
  }

  static Item device(int minor) {
    return new Item(FileType.CHARACTER_DEVICE, 0600, 0, 0, new TreeMap<>(), "1:" + minor);
  }

  Item withContent(String content) {
    return new Item(type, mode, uid, gid, xattrs, content);
  }

  Item withMode(int mode) {
    return new Item(type, mode, uid, gid, xattrs, content);
  }

  Item withOwner(int uid, int gid) {
    return new Item(type, mode, uid, gid, xattrs, content);
  }

  Item withXattr(String name, String value) {
    SortedMap<String, String> all = new TreeMap<>(xattrs);
    all.put(name, value);
    return new Item(type, mode, uid, gid, all, content);
  }

  Item withoutXattr(String name) {
    SortedMap<String, String> all = new TreeMap<>(xattrs);
    all.remove(name);
    return new Item(type, mode, uid, gid, all, content);
  }

  boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  /** Makes it in the place of what is there; only an existing directory keeps what is in it. */
  void put(Dir dir, BytePath path) throws IOException {
    boolean present = dir.find(path).isPresent();
    if (present && !(isDirectory() && dir.status(path).type() == FileType.DIRECTORY)) {
      dir.removeTree(path);
      present = false;
    }
    switch (type) {
      case DIRECTORY -> {
        if (!present) {
          dir.makeDir(path, mode);
        }
      }
      case REGULAR -> {
        try (FileHandle file = dir.createFile(path, mode)) {
          file.write(ByteBuffer.wrap(content.getBytes(ISO_8859_1)), 0);
        }
      }
      case SYMLINK -> dir.makeSymlink(content.getBytes(ISO_8859_1), path);
      case FIFO, SOCKET -> dir.makeNode(path, type, mode, 0, 0);
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          dir.makeNode(path, type, mode, 1, Integer.parseInt(content.substring(2)));
    }
    dir.setOwner(path, uid, gid);
    for (String name : dir.xattrs(path).keySet()) {
      dir.removeXattr(path, name);
    }
    for (Map.Entry<String, String> xattr : xattrs.entrySet()) {
      dir.setXattr(path, xattr.getKey(), xattr.getValue().getBytes(ISO_8859_1));
    }
    if (type != FileType.SYMLINK) {
      dir.setMode(path, mode);
    }
  }

  static Item read(Dir dir, BytePath path) throws IOException {
    FileStatus status = dir.status(path);
    SortedMap<String, String> xattrs = new TreeMap<>();
    dir.xattrs(path).forEach((name, value) -> xattrs.put(name, new String(value, ISO_8859_1)));
    String content =
        switch (status.type()) {
          case REGULAR -> new String(dir.readAll(path, LIMIT), ISO_8859_1);
          case SYMLINK -> new String(dir.readLink(path), ISO_8859_1);
          case CHARACTER_DEVICE, BLOCK_DEVICE -> status.rdevMajor() + ":" + status.rdevMinor();
          case DIRECTORY, FIFO, SOCKET -> "";
        };
    return new Item(status.type(), status.mode(), status.uid(), status.gid(), xattrs, content);
  }

  static void putTree(SortedMap<BytePath, Item> tree, Dir dir) throws IOException {
    for (Map.Entry<BytePath, Item> entry : tree.entrySet()) {
      entry.getValue().put(dir, entry.getKey());
    }
  }

  static SortedMap<BytePath, Item> readTree(Dir dir) throws IOException {
    SortedMap<BytePath, Item> tree = new TreeMap<>();
    tree.put(BytePath.ROOT, read(dir, BytePath.ROOT));
    readInto(tree, dir, BytePath.ROOT);
    return tree;
  }

  private static void readInto(SortedMap<BytePath, Item> tree, Dir dir, BytePath path)
      throws IOException {
    for (DirEntry entry : dir.list()) {
      BytePath child = path.resolve(entry.name());
      tree.put(child, read(dir, entry.name()));
      if (entry.type() == FileType.DIRECTORY) {
        try (Dir below = dir.openDir(entry.name())) {
          readInto(tree, below, child);
        }
      }
    }
  }
}
