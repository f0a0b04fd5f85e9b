package dev.tiu.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * getdents64(2): names of a directory, many at a time.
 *
 * <p>Each entry is {@code u64 inode, s64 offset of the next, u16 length of this, u8 type}, and the
 * name with a NUL (fs/readdir.c, struct linux_dirent64).
 */
final class Listing {
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  private Listing() {}

  /** All but {@code .} and {@code ..}, in the order of their bytes. */
  static List<DirEntry> of(Dir dir, int fd, Label label) throws LinuxException {
    Scratch scratch = Scratch.get();
    List<DirEntry> entries = new ArrayList<>();
    List<BytePath> untyped = new ArrayList<>();
    while (true) {
      long data = scratch.address(Scratch.DATA);
      long result = LibC.syscall(Abi.HERE.sysGetdents64, fd, data, Scratch.DATA_SIZE, 0, 0);
      int n = (int) Calls.check(result, "getdents64", label, BytePath.ROOT);
      if (n == 0) {
        break;
      }
      parse(scratch.buffer, n, entries, untyped);
    }
    for (BytePath name : untyped) {
      // A file system that doesn't keep types in its directories. What vanished meanwhile is gone.
      dir.find(name)
          .ifPresent(status -> entries.add(new DirEntry(name, status.type(), status.inode())));
    }
    Collections.sort(entries, (a, b) -> a.name().compareTo(b.name()));
    return entries;
  }

  private static void parse(
      ByteBuffer buffer, int size, List<DirEntry> entries, List<BytePath> untyped) {
    int end = Scratch.DATA + size;
    int length;
    for (int at = Scratch.DATA; at < end; at += length) {
      length = Short.toUnsignedInt(buffer.getShort(at + LENGTH));
      byte[] name = Scratch.get().cString(at + NAME, length - NAME);
      if (isDots(name)) {
        continue;
      }
      BytePath path = BytePath.ofName(name);
      Optional<FileType> type = type(buffer.get(at + TYPE));
      if (type.isPresent()) {
        entries.add(new DirEntry(path, type.get(), buffer.getLong(at)));
      } else {
        untyped.add(path);
      }
    }
  }

  private static boolean isDots(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }

  /** The DT_ constants are the S_IFMT bits, twelve places lower; DT_UNKNOWN is 0. */
  private static Optional<FileType> type(int dt) {
    for (FileType type : FileType.values()) {
      if (type.bits() >> 12 == dt) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
