package dev.tiu.linux;

import java.io.IOException;

/**
 * A system call that failed.
 *
 * <p>The message reads {@code openat2 etc/passwd: ENOENT (No such file or directory)}, with what
 * the kernel or the caller knows beyond that behind it.
 */
public final class LinuxException extends IOException {
  private final Errno errno;
  private final int number;
  private final String call;
  private final String path;

  private LinuxException(Errno errno, int number, String call, String path, String detail) {
    super(message(errno, number, call, path, detail));
    this.errno = errno;
    this.number = number;
    this.call = call;
    this.path = path;
  }

  /** A failure that a call reported by this constant. */
  public LinuxException(Errno errno, String call, String path) {
    this(errno, errno.number(), call, path, "");
  }

  /** The same, with what else is known of the cause: {@code limit 4096 bytes, found 5000}. */
  public LinuxException(Errno errno, String call, String path, String detail) {
    this(errno, errno.number(), call, path, detail);
  }

  static LinuxException ofNumber(int number, String call, String path) {
    return new LinuxException(Errno.of(number), number, call, path, "");
  }

  static LinuxException ofNumber(int number, String call, String path, String detail) {
    return new LinuxException(Errno.of(number), number, call, path, detail);
  }

  public Errno errno() {
    return errno;
  }

  /** The kernel's number, also where {@link #errno()} is {@link Errno#UNKNOWN}. */
  public int number() {
    return number;
  }

  /** The system call's name. */
  public String call() {
    return call;
  }

  /** What the call was about, for people: a path as {@link BytePath#toString()} shows it. */
  public String path() {
    return path;
  }

  private static String message(Errno errno, int number, String call, String path, String detail) {
    String name = errno == Errno.UNKNOWN ? "error " + number : errno.name();
    String message = call + " " + path + ": " + name + " (" + errno.description() + ")";
    return detail.isEmpty() ? message : message + ": " + detail;
  }
}
