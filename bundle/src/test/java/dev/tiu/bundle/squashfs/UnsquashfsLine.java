package dev.tiu.bundle.squashfs;

import dev.tiu.linux.FileType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A line of `unsquashfs -lln`, made from what we read; blanks don't count. */
final class UnsquashfsLine {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private UnsquashfsLine() {}

  static String of(Inode inode, String path) {
    String line =
        mode(inode)
            + " "
            + Integer.toUnsignedString(inode.uid())
            + "/"
            + Integer.toUnsignedString(inode.gid())
            + " "
            + size(inode)
            + " "
            + TIME.format(Instant.ofEpochSecond(inode.mtimeSeconds()))
            + " "
            + path;
    return inode instanceof Inode.Symlink link
        ? line + " -> " + new String(link.target(), StandardCharsets.ISO_8859_1)
        : line;
  }

  private static String size(Inode inode) {
    if (inode instanceof Inode.RegularFile file) {
      return Long.toString(file.size());
    } else if (inode instanceof Inode.Directory dir) {
      return Integer.toString(dir.listingSize() + 3);
    } else if (inode instanceof Inode.Symlink link) {
      return Integer.toString(link.target().length);
    } else if (inode instanceof Inode.Device device) {
      // It prints the stored number's upper and lower parts, not what they mean.
      int minor = device.minor();
      int stored = (minor & 0xff) | (device.major() << 8) | ((minor & 0xfff00) << 12);
      return String.format("%3d,%3d", stored >> 8, stored & 0xff);
    }
    return "0";
  }

  private static String mode(Inode inode) {
    StringBuilder text = new StringBuilder();
    text.append(letter(inode.type()));
    String all = "rwxrwxrwx";
    for (int i = 0; i < 9; i++) {
      text.append((inode.mode() & (0400 >> i)) != 0 ? all.charAt(i) : '-');
    }
    special(text, 3, (inode.mode() & 04000) != 0, 's');
    special(text, 6, (inode.mode() & 02000) != 0, 's');
    special(text, 9, (inode.mode() & 01000) != 0, 't');
    return text.toString();
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

  private static void special(StringBuilder text, int at, boolean set, char letter) {
    if (set) {
      boolean executable = text.charAt(at) == 'x';
      text.setCharAt(at, executable ? letter : Character.toUpperCase(letter));
    }
  }
}
