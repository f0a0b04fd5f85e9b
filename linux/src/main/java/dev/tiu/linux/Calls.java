package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

/** System calls that the C library doesn't have everywhere, and the way all of them fail. */
final class Calls {
  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_NO_AUTOMOUNT = 0x800;
  static final int AT_EMPTY_PATH = 0x1000;

  /** {@code linux/openat2.h}. */
  static final int RESOLVE_NO_XDEV = 0x01;

  private static final int RESOLVE_NO_MAGICLINKS = 0x02;
  private static final int RESOLVE_NO_SYMLINKS = 0x04;
  private static final int RESOLVE_BENEATH = 0x08;
  private static final int RESOLVE_IN_ROOT = 0x10;
  private static final int OPEN_HOW_SIZE = 24;
  private static final int OPEN_TRIES = 1000;

  private Calls() {}

  /** A result that isn't negative, or the exception that errno asks for. */
  static long check(long result, String call, Label label, BytePath path) throws LinuxException {
    if (result < 0) {
      throw failure(call, label, path);
    }
    return result;
  }

  static LinuxException failure(String call, Label label, BytePath path) {
    int number = LibC.errno();
    return LinuxException.ofNumber(number, call, label.text(path));
  }

  /** openat2(2): nothing above the directory, and no link on the way or at the end. */
  static int openBeneath(int dir, Label label, BytePath path, int flags, int mode, int resolve)
      throws LinuxException {
    int all = resolve | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    return openat2(dir, label, path, flags, mode, all);
  }

  /** openat2(2): nothing above the directory, and links as if it were the root. */
  static int openInRoot(int dir, Label label, BytePath path, int flags) throws LinuxException {
    return openat2(dir, label, path, flags, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  }

  private static int openat2(int dir, Label label, BytePath path, int flags, int mode, int resolve)
      throws LinuxException {
    Scratch scratch = Scratch.get();
    long name =
        path.isRoot()
            ? scratch.put(Scratch.NAME, new byte[] {'.'}, "openat2", () -> ".")
            : scratch.put(Scratch.NAME, path, "openat2");
    scratch.buffer.putLong(Scratch.STRUCT, flags | Abi.O_CLOEXEC);
    scratch.buffer.putLong(Scratch.STRUCT + 8, mode);
    scratch.buffer.putLong(Scratch.STRUCT + 16, resolve);
    long how = scratch.address(Scratch.STRUCT);
    long fd = LibC.syscall(Abi.SYS_OPENAT2, dir, name, how, OPEN_HOW_SIZE, 0);
    // A ".." on the way isn't trusted by the kernel while anyone on the machine renames or mounts.
    for (int i = 1; fd < 0 && LibC.errno() == Errno.EAGAIN.number() && i < OPEN_TRIES; i++) {
      fd = LibC.syscall(Abi.SYS_OPENAT2, dir, name, how, OPEN_HOW_SIZE, 0);
    }
    return (int) check(fd, "openat2", label, path);
  }

  /** An ordinary open(2) of a path that is trusted, links and all. */
  static int openTrusted(String path, int flags) throws LinuxException {
    long name = Scratch.get().put(Scratch.NAME, path.getBytes(UTF_8), "open", () -> path);
    int fd = LibC.openat(AT_FDCWD, name, flags | Abi.O_CLOEXEC, 0);
    return (int) check(fd, "open", Label.of(path), BytePath.ROOT);
  }

  /** ioctl(2), with the call's name as messages shall have it. */
  static int ioctl(int fd, long request, long argument, String name, Label label, BytePath path)
      throws LinuxException {
    return (int) check(LibC.ioctl(fd, request, argument), name, label, path);
  }
}
