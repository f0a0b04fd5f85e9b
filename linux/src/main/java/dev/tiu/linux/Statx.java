package dev.tiu.linux;

import java.nio.ByteBuffer;

/** statx(2): a structure of 256 bytes that is the same on all machines ({@code linux/stat.h}). */
final class Statx {
  private static final int BASIC_STATS = 0x7ff;

  /** STATX_ATTR_IMMUTABLE and STATX_ATTR_APPEND. */
  private static final long LOCKED = 0x10 | 0x20;

  private static final int ATTRIBUTES = 8;
  private static final int NLINK = 16;
  private static final int UID = 20;
  private static final int GID = 24;
  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int BLOCKS = 48;
  private static final int MTIME = 112;
  private static final int RDEV_MAJOR = 128;
  private static final int RDEV_MINOR = 132;
  private static final int DEV_MAJOR = 136;
  private static final int DEV_MINOR = 140;

  private Statx() {}

  /** Of what the place names, never of what a link points to. */
  static FileStatus of(Place place) throws LinuxException {
    place.check(call(place), "statx");
    return parse();
  }

  /** The call alone: its result, the structure in the scratch. */
  static long call(Place place) throws LinuxException {
    return place.isRoot() ? call(place.fd()) : call(place.fd(), place.name("statx"), 0);
  }

  static FileStatus of(int fd, Label label) throws LinuxException {
    Calls.check(call(fd), "statx", label, BytePath.ROOT);
    return parse();
  }

  private static long call(int fd) throws LinuxException {
    long empty = Scratch.get().put(Scratch.NAME, BytePath.ROOT, "statx");
    return call(fd, empty, Calls.AT_EMPTY_PATH);
  }

  private static long call(int fd, long name, int flags) {
    int all = flags | Calls.AT_SYMLINK_NOFOLLOW | Calls.AT_NO_AUTOMOUNT;
    long structure = Scratch.get().address(Scratch.STRUCT);
    return LibC.syscall(Abi.HERE.sysStatx, fd, name, all, BASIC_STATS, structure);
  }

  static FileStatus parse() {
    ByteBuffer buffer = Scratch.get().buffer;
    int at = Scratch.STRUCT;
    int mode = Short.toUnsignedInt(buffer.getShort(at + MODE));
    long device =
        (long) buffer.getInt(at + DEV_MAJOR) << 32
            | Integer.toUnsignedLong(buffer.getInt(at + DEV_MINOR));
    return new FileStatus(
        FileType.ofMode(mode),
        mode & 07777,
        buffer.getInt(at + UID),
        buffer.getInt(at + GID),
        buffer.getLong(at + SIZE),
        buffer.getLong(at + BLOCKS),
        buffer.getLong(at + MTIME),
        buffer.getInt(at + MTIME + 8),
        buffer.getInt(at + NLINK),
        buffer.getLong(at + INODE),
        device,
        buffer.getInt(at + RDEV_MAJOR),
        buffer.getInt(at + RDEV_MINOR),
        (buffer.getLong(at + ATTRIBUTES) & LOCKED) != 0);
  }
}
