package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;

/**
 * A file as a block device ({@code linux/loop.h}).
 *
 * <p>Made with autoclear: the kernel detaches it when the last user is gone, a mount or this
 * process, however that ends.
 */
public final class LoopDevice implements AutoCloseable {
  private static final long CTL_GET_FREE = 0x4c82;
  private static final long CONFIGURE = 0x4c0a;
  private static final long SET_FD = 0x4c00;
  private static final long CLR_FD = 0x4c01;
  private static final long SET_STATUS64 = 0x4c04;
  private static final int FLAG_READ_ONLY = 1;
  private static final int FLAG_AUTOCLEAR = 4;

  /** Others may take the free device between asking for it and taking it. */
  private static final int ATTEMPTS = 64;

  /**
   * {@code struct loop_config}: u32 fd, u32 block size, loop_info64, u64 reserved[8]; the flags and
   * the name within {@code struct loop_info64}.
   */
  private static final int CONFIG_SIZE = 304;

  private static final int INFO = 8;
  private static final int INFO_OFFSET = 24;
  private static final int INFO_SIZE_LIMIT = 32;
  private static final int INFO_FLAGS = 52;
  private static final int INFO_FILE_NAME = 56;
  private static final int FILE_NAME_SIZE = 64;

  /** {@code linux/fs.h}: no page of the device stays in memory. */
  private static final long BLKFLSBUF = Ioctl.none(0x12, 97);

  /** What of the file the device shows; in bytes, and a size of 0 means all up to the end. */
  private record Range(long offset, long size) {
    static final Range ALL = new Range(0, 0);
  }

  private final Path path;
  private final Descriptor descriptor;

  private LoopDevice(Path path, int fd) {
    this.path = path;
    this.descriptor = new Descriptor(fd, Label.of(path.toString()));
  }

  /** Attaches the file to a free device. */
  public static LoopDevice attach(Path file, Access access) throws LinuxException {
    return attach(file, access, Range.ALL);
  }

  /**
   * Attaches a range of the file, or of another block device: a partition, where the kernel makes
   * none by itself.
   *
   * @param offset in bytes, a multiple of 512
   * @param size in bytes, more than 0 and a multiple of 512
   */
  public static LoopDevice attach(Path file, Access access, long offset, long size)
      throws LinuxException {
    if (offset < 0 || size <= 0 || offset % 512 != 0 || size % 512 != 0) {
      throw new IllegalArgumentException(
          "no range of sectors: %d bytes from offset %d".formatted(size, offset));
    }
    return attach(file, access, new Range(offset, size));
  }

  private static LoopDevice attach(Path file, Access access, Range range) throws LinuxException {
    int mode = access == Access.READ_ONLY ? Abi.O_RDONLY : Abi.O_RDWR;
    int fileFd = Calls.openTrusted(file.toString(), mode);
    try {
      for (int i = 1; ; i++) {
        try {
          return attach(fileFd, file, mode, range, free());
        } catch (LinuxException e) {
          if (e.errno() != Errno.EBUSY || i == ATTEMPTS) {
            throw e;
          }
        }
      }
    } finally {
      int unused = LibC.close(fileFd);
    }
  }

  private static Path free() throws LinuxException {
    String control = "/dev/loop-control";
    int fd = Calls.openTrusted(control, Abi.O_RDWR);
    try {
      int number =
          Calls.ioctl(fd, CTL_GET_FREE, 0, "LOOP_CTL_GET_FREE", Label.of(control), BytePath.ROOT);
      return Path.of("/dev/loop" + number);
    } finally {
      int unused = LibC.close(fd);
    }
  }

  private static LoopDevice attach(int fileFd, Path file, int mode, Range range, Path device)
      throws LinuxException {
    int fd = Calls.openTrusted(device.toString(), mode);
    boolean done = false;
    try {
      long config = config(fileFd, file, mode, range);
      int result = LibC.ioctl(fd, CONFIGURE, config);
      if (result < 0 && isUnknownIoctl()) {
        attachInTwoSteps(fd, fileFd, file, mode, range, device);
      } else {
        check(result, "LOOP_CONFIGURE", device, file);
      }
      done = true;
      return new LoopDevice(device, fd);
    } finally {
      if (!done) {
        int unused = LibC.close(fd);
      }
    }
  }

  /** Before Linux 5.8 there is no LOOP_CONFIGURE. */
  private static boolean isUnknownIoctl() {
    Errno errno = Errno.of(LibC.errno());
    return errno == Errno.EINVAL || errno == Errno.ENOTTY;
  }

  /** A read-only file makes a read-only device here too. */
  private static void attachInTwoSteps(
      int fd, int fileFd, Path file, int mode, Range range, Path device) throws LinuxException {
    check(LibC.ioctl(fd, SET_FD, fileFd), "LOOP_SET_FD", device, file);
    long info = config(fileFd, file, mode, range) + INFO;
    int result = LibC.ioctl(fd, SET_STATUS64, info);
    if (result < 0) {
      LinuxException e = failure("LOOP_SET_STATUS64", device, file);
      int unused = LibC.ioctl(fd, CLR_FD, 0);
      throw e;
    }
  }

  private static long config(int fileFd, Path file, int mode, Range range) {
    Scratch scratch = Scratch.get();
    scratch.clear(Scratch.STRUCT, CONFIG_SIZE);
    scratch.buffer.putInt(Scratch.STRUCT, fileFd);
    int flags = FLAG_AUTOCLEAR | (mode == Abi.O_RDONLY ? FLAG_READ_ONLY : 0);
    scratch.buffer.putInt(Scratch.STRUCT + INFO + INFO_FLAGS, flags);
    scratch.buffer.putLong(Scratch.STRUCT + INFO + INFO_OFFSET, range.offset());
    scratch.buffer.putLong(Scratch.STRUCT + INFO + INFO_SIZE_LIMIT, range.size());
    // What `losetup` shows where the kernel doesn't know better; may be cut short.
    byte[] name = file.toString().getBytes(UTF_8);
    int length = Math.min(name.length, FILE_NAME_SIZE - 1);
    scratch.buffer.put(Scratch.STRUCT + INFO + INFO_FILE_NAME, name, 0, length);
    return scratch.address(Scratch.STRUCT);
  }

  private static void check(int result, String call, Path device, Path file) throws LinuxException {
    if (result < 0) {
      throw failure(call, device, file);
    }
  }

  private static LinuxException failure(String call, Path device, Path file) {
    return LinuxException.ofNumber(LibC.errno(), call, device + " for " + file);
  }

  /** The block device. */
  public Path path() {
    return path;
  }

  /**
   * Waits until all that was written to the device is in the file and on its disk, and forgets what
   * is in memory of it, so that what is read next is read from there.
   *
   * @throws LinuxException EIO if anything written since the device was attached couldn't be put
   *     into the file, as when the file's own file system is full
   */
  public void flush() throws LinuxException {
    int fd = descriptor.acquire();
    try {
      Label label = descriptor.label();
      long unused = Calls.check(LibC.fsync(fd), "fsync", label, BytePath.ROOT);
      int unusedToo = Calls.ioctl(fd, BLKFLSBUF, 0, "BLKFLSBUF", label, BytePath.ROOT);
    } finally {
      descriptor.release();
    }
  }

  /** Detaches the file, as soon as nothing has the device mounted or open any more. */
  @Override
  public void close() {
    descriptor.close();
  }
}
