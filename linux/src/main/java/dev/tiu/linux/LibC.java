package dev.tiu.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The C library's functions, mapped directly: no reflection and no copying on a call.
 *
 * <p>Addresses and sizes are plain longs, so only 64-bit machines will do, which {@link Abi} sees
 * to. All return -1 on failure, with the error number in {@link #errno()} until the thread's next
 * call.
 */
final class LibC {
  static {
    // Every process has it; to look for its file would start ldconfig.
    Native.register(LibC.class, NativeLibrary.getProcess());
  }

  private LibC() {}

  static int errno() {
    return Native.getLastError();
  }

  static native long syscall(long number, long a, long b, long c, long d, long e);

  static native int openat(int dir, long path, int flags, int mode);

  static native int close(int fd);

  static native int mkdirat(int dir, long path, int mode);

  static native int symlinkat(long target, int dir, long path);

  static native int linkat(int oldDir, long oldPath, int newDir, long newPath, int flags);

  static native int unlinkat(int dir, long path, int flags);

  static native long readlinkat(int dir, long path, long buffer, long size);

  static native int fchownat(int dir, long path, int uid, int gid, int flags);

  static native int fchown(int fd, int uid, int gid);

  static native int fchmod(int fd, int mode);

  static native int chmod(long path, int mode);

  static native int utimensat(int dir, long path, long times, int flags);

  static native int futimens(int fd, long times);

  static native long pread(int fd, long buffer, long size, long offset);

  static native long pwrite(int fd, long buffer, long size, long offset);

  static native long read(int fd, long buffer, long size);

  static native long lseek(int fd, long offset, int whence);

  static native int ftruncate(int fd, long size);

  static native int fallocate(int fd, int mode, long offset, long length);

  static native int fsync(int fd);

  static native int fdatasync(int fd);

  /** Returns the error number, and leaves errno alone. */
  static native int posix_fadvise(int fd, long offset, long length, int advice);

  static native int syncfs(int fd);

  static native int fstatfs(int fd, long buffer);

  static native int flock(int fd, int operation);

  static native int ioctl(int fd, long request, long argument);

  static native long flistxattr(int fd, long list, long size);

  static native long llistxattr(long path, long list, long size);

  static native long fgetxattr(int fd, long name, long value, long size);

  static native long lgetxattr(long path, long name, long value, long size);

  static native int fsetxattr(int fd, long name, long value, long size, int flags);

  static native int lsetxattr(long path, long name, long value, long size, int flags);

  static native int fremovexattr(int fd, long name);

  static native int lremovexattr(long path, long name);

  static native int mount(long source, long target, long type, long flags, long data);

  static native int umount2(long target, int flags);

  static native int unshare(int flags);

  static native int uname(long buffer);

  static native int kill(int pid, int signal);

  static native int adjtimex(long buffer);
}
