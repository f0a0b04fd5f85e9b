package dev.tiu.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Copies files and trees: content, holes, owner, mode, xattrs, modification time and hard links are
 * as in the source, and no link is followed.
 *
 * <p>Content is shared where the file system can do that (FICLONE), and else copied. After a
 * failure, what was copied so far stays.
 */
public final class TreeCopy {
  private static final int BUFFER = 1 << 18;

  /** A number is one inode's only within its subvolume. */
  private record Inode(long device, long number) {}

  /** Where the first name of an inode with several was copied to. */
  private final Map<Inode, BytePath> copied = new HashMap<>();

  private final Dir root;

  /**
   * For several copies, all below {@code root}, that share hard links: the second name of an inode
   * becomes a link to the copy of the first, which must not have been changed since.
   */
  public TreeCopy(Dir root) {
    this.root = root;
  }

  /**
   * Copies {@code name}, with all below it if it is a directory.
   *
   * @param created what the copy is called; must not exist (EEXIST)
   */
  public static void copy(Dir from, BytePath name, Dir to, BytePath created) throws IOException {
    new TreeCopy(to).copy(from, name, created);
  }

  /** Gives {@code target} the owner, mode, xattrs and modification time of {@code name}. */
  public static void copyMetadata(Dir from, BytePath name, Dir to, BytePath target)
      throws IOException {
    setMetadata(from, name, from.status(name), to, target);
  }

  /** Copies {@code name}, with all below it if it is a directory, to that path below the root. */
  public void copy(Dir from, BytePath name, BytePath created) throws IOException {
    try (Dir parent = root.openDir(created.parent())) {
      copyInto(from, name, parent, created);
    }
  }

  /**
   * The same where the directory that {@code created} lies in is open.
   *
   * @param parent that directory
   * @param created the path below the root
   */
  public void copyInto(Dir from, BytePath name, Dir parent, BytePath created) throws IOException {
    FileStatus status = from.status(name);
    BytePath last = created.name();
    if (status.type() != FileType.DIRECTORY && status.linkCount() > 1) {
      BytePath first = copied.putIfAbsent(new Inode(status.device(), status.inode()), created);
      if (first != null) {
        root.link(first, created);
        return;
      }
    }
    switch (status.type()) {
      case DIRECTORY -> directory(from, name, parent, created);
      case REGULAR -> file(from, name, parent, last);
      case SYMLINK -> parent.makeSymlink(from.readLink(name), last);
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
          parent.makeNode(last, status.type(), 0600, status.rdevMajor(), status.rdevMinor());
    }
    setMetadata(from, name, status, parent, last);
  }

  private void directory(Dir from, BytePath name, Dir parent, BytePath created) throws IOException {
    parent.makeDir(created.name(), 0700);
    try (Dir source = from.openDir(name);
        Dir copy = parent.openDir(created.name())) {
      for (DirEntry entry : source.list()) {
        copyInto(source, entry.name(), copy, created.resolve(entry.name()));
      }
    }
  }

  /** Nobody else can open it before it has its owner. */
  private static void file(Dir from, BytePath name, Dir parent, BytePath created)
      throws IOException {
    try (FileHandle source = from.openFile(name);
        FileHandle copy = parent.createFile(created, 0600)) {
      copyContent(source, copy);
    }
  }

  /** Gives an empty file another's content: shares its data where that can be, else copies it. */
  public static void copyContent(FileHandle source, FileHandle copy) throws IOException {
    try {
      copy.cloneFrom(source);
    } catch (LinuxException e) {
      if (!cannotShare(e.errno())) {
        throw e;
      }
      copyData(source, copy);
    }
  }

  /** EINVAL is btrfs's answer where only one of the two has checksums (chattr +C). */
  private static boolean cannotShare(Errno errno) {
    return switch (errno) {
      case EXDEV, EOPNOTSUPP, ENOTTY, EINVAL -> true;
      default -> false;
    };
  }

  private static void copyData(FileHandle source, FileHandle copy) throws IOException {
    long size = source.status().size();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER, Math.max(size, 1)));
    OptionalLong data = source.nextData(0);
    while (data.isPresent() && data.getAsLong() < size) {
      long end = Math.min(size, source.nextHole(data.getAsLong()));
      for (long position = data.getAsLong(); position < end; position += buffer.limit()) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
        source.readFully(buffer, position);
        copy.write(buffer.flip(), position);
      }
      data = source.nextData(end);
    }
    copy.truncate(size);
  }

  private static void setMetadata(Dir from, BytePath name, FileStatus status, Dir to, BytePath path)
      throws IOException {
    FileMetadata.of(from, name, status).applyTo(to, path);
    to.setModificationTime(path, status.mtimeSeconds(), status.mtimeNanos());
  }
}
