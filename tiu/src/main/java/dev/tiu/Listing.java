package dev.tiu;

import dev.tiu.bundle.squashfs.Child;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** Inodes in lines like those of {@code ls -ln}; also how files are called in messages. */
final class Listing {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);
  private static final String PERMISSIONS = "rwxrwxrwx";

  private Listing() {}

  /** A line for each: numbers right-aligned in columns as wide as the widest. */
  static List<String> of(List<Child> entries) {
    int links = 1;
    int owner = 1;
    int size = 1;
    for (Child entry : entries) {
      links = Math.max(links, Integer.toString(entry.inode().linkCount()).length());
      owner = Math.max(owner, owner(entry.inode()).length());
      size = Math.max(size, size(entry.inode()).length());
    }
    String format = "%s %" + links + "d %" + owner + "s %" + size + "s %s %s%s";
    List<String> lines = new ArrayList<>(entries.size());
    for (Child entry : entries) {
      Inode inode = entry.inode();
      lines.add(
          format.formatted(
              mode(inode.type(), inode.mode()),
              inode.linkCount(),
              owner(inode),
              size(inode),
              TIME.format(Instant.ofEpochSecond(inode.mtimeSeconds())),
              entry.name(),
              inode instanceof Inode.Symlink link ? " -> " + BytePath.display(link.target()) : ""));
    }
    return lines;
  }

  /** {@code drwxr-sr-t}. */
  static String mode(FileType type, int mode) {
    StringBuilder text = new StringBuilder(10).append(letter(type));
    for (int i = 0; i < 9; i++) {
      text.append((mode & 0400 >> i) != 0 ? PERMISSIONS.charAt(i) : '-');
    }
    special(text, 3, mode & 04000, 's');
    special(text, 6, mode & 02000, 's');
    special(text, 9, mode & 01000, 't');
    return text.toString();
  }

  private static void special(StringBuilder text, int index, int bit, char letter) {
    if (bit != 0) {
      boolean executable = text.charAt(index) == 'x';
      text.setCharAt(index, executable ? letter : Character.toUpperCase(letter));
    }
  }

  private static char letter(FileType type) {
    return switch (type) {
      case REGULAR -> '-';
      case DIRECTORY -> 'd';
      case SYMLINK -> 'l';
      case CHARACTER_DEVICE -> 'c';
      case BLOCK_DEVICE -> 'b';
      case FIFO -> 'p';
      case SOCKET -> 's';
    };
  }

  /** {@code character device}. */
  static String name(FileType type) {
    return switch (type) {
      case REGULAR -> "regular file";
      case DIRECTORY -> "directory";
      case SYMLINK -> "symbolic link";
      case CHARACTER_DEVICE -> "character device";
      case BLOCK_DEVICE -> "block device";
      case FIFO -> "fifo";
      case SOCKET -> "socket";
    };
  }

  /** Owner and group are unsigned. */
  static String owner(Inode inode) {
    return Integer.toUnsignedString(inode.uid()) + ":" + Integer.toUnsignedString(inode.gid());
  }

  private static String size(Inode inode) {
    if (inode instanceof Inode.Device device) {
      return device.major() + "," + device.minor();
    }
    if (inode instanceof Inode.Symlink link) {
      return Integer.toString(link.target().length);
    }
    return inode instanceof Inode.RegularFile file ? Long.toString(file.size()) : "0";
  }
}
