package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Owner, mode and time of what a place names, itself: no link is followed. */
final class Attributes {
  /** {@code UTIME_OMIT} of linux/stat.h: leaves that time alone. */
  private static final long OMIT = 0x3ffffffe;

  private Attributes() {}

  static void setOwner(Place place, int uid, int gid) throws LinuxException {
    int result =
        place.isRoot()
            ? LibC.fchown(place.fd(), uid, gid)
            : LibC.fchownat(
                place.fd(), place.name("fchownat"), uid, gid, Calls.AT_SYMLINK_NOFOLLOW);
    long unused = place.check(result, "fchownat");
  }

  static void setMode(Place place, int mode) throws LinuxException {
    if (place.isRoot()) {
      long unused = place.check(LibC.fchmod(place.fd(), mode), "fchmod");
      return;
    }
    long name = place.name("fchmodat2");
    long result =
        LibC.syscall(Abi.SYS_FCHMODAT2, place.fd(), name, mode, Calls.AT_SYMLINK_NOFOLLOW, 0);
    if (result < 0 && LibC.errno() == Errno.ENOSYS.number()) {
      setModeByProc(place, mode);
    } else {
      long unused = place.check(result, "fchmodat2");
    }
  }

  /** Before Linux 6.6: what is there is pinned by a handle, so that no link can take its place. */
  static void setModeByProc(Place place, int mode) throws LinuxException {
    Label label = Label.of(place.label());
    long name = place.name("openat2");
    int flags = Abi.O_PATH | Abi.HERE.noFollow | Abi.O_CLOEXEC;
    int fd = (int) place.check(LibC.openat(place.fd(), name, flags, 0), "openat");
    try {
      if (Statx.of(fd, label).type() == FileType.SYMLINK) {
        throw new LinuxException(Errno.EOPNOTSUPP, "chmod", place.label(), "a symbolic link");
      }
      byte[] path = ("/proc/self/fd/" + fd).getBytes(ISO_8859_1);
      long address = Scratch.get().put(Scratch.NAME, path, "chmod", place::label);
      long unused = place.check(LibC.chmod(address, mode), "chmod");
    } finally {
      int unused = LibC.close(fd);
    }
  }

  static void setModificationTime(Place place, long seconds, int nanos) throws LinuxException {
    long times = times(seconds, nanos);
    int result =
        place.isRoot()
            ? LibC.futimens(place.fd(), times)
            : LibC.utimensat(place.fd(), place.name("utimensat"), times, Calls.AT_SYMLINK_NOFOLLOW);
    long unused = place.check(result, "utimensat");
  }

  /** Two timespecs, access and modification, in the scratch's structure; gives their address. */
  static long times(long seconds, int nanos) {
    if (nanos < 0 || nanos > 999_999_999) {
      throw new IllegalArgumentException("nanoseconds of a second: " + nanos);
    }
    Scratch scratch = Scratch.get();
    scratch.buffer.putLong(Scratch.STRUCT, 0).putLong(Scratch.STRUCT + 8, OMIT);
    scratch.buffer.putLong(Scratch.STRUCT + 16, seconds).putLong(Scratch.STRUCT + 24, nanos);
    return scratch.address(Scratch.STRUCT);
  }
}
