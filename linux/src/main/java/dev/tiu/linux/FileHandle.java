package dev.tiu.linux;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * An open regular file.
 *
 * <p>Reading and writing say where, so threads may share a handle. Direct buffers go to the kernel
 * as they are; heap buffers are copied through native memory of the thread. Using a closed handle
 * is an {@link IllegalStateException}.
 */
public final class FileHandle implements AutoCloseable {
  private static final int FALLOC_KEEP_SIZE = 1;
  private static final int FALLOC_PUNCH_HOLE = 2;
  private static final int POSIX_FADV_DONTNEED = 4;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final long FICLONE = Ioctl.write(0x94, 9, 4);
  private static final long FICLONERANGE = Ioctl.write(0x94, 13, 32);

  private final Descriptor descriptor;

  FileHandle(int fd, Label label) {
    this.descriptor = new Descriptor(fd, label);
  }

  /**
   * Reads from that position on.
   *
   * @return how many bytes, maybe fewer than fit; -1 at the end
   */
  public int read(ByteBuffer dst, long position) throws LinuxException {
    int wanted = dst.isDirect() ? dst.remaining() : Math.min(dst.remaining(), Scratch.DATA_SIZE);
    if (wanted == 0) {
      return 0;
    }
    Scratch scratch = Scratch.get();
    long address =
        dst.isDirect() ? Scratch.addressOf(dst) + dst.position() : scratch.address(Scratch.DATA);
    int fd = descriptor.acquire();
    try {
      int n = (int) check(LibC.pread(fd, address, wanted, position), "pread");
      if (n == 0) {
        return -1;
      }
      if (!dst.isDirect()) {
        dst.put(dst.position(), scratch.buffer, Scratch.DATA, n);
      }
      dst.position(dst.position() + n);
      return n;
    } finally {
      Reference.reachabilityFence(dst);
      descriptor.release();
    }
  }

  /**
   * Fills the buffer from that position on.
   *
   * @throws EOFException if the file ends before; the message says where
   */
  public void readFully(ByteBuffer dst, long position) throws IOException {
    long at = position;
    while (dst.hasRemaining()) {
      int n = read(dst, at);
      if (n < 0) {
        throw new EOFException(
            "%s: ends at offset %d, %d bytes before what is needed"
                .formatted(descriptor.label(), at, dst.remaining()));
      }
      at += n;
    }
  }

  /** The content from its start, one read after the other; closing it leaves this handle open. */
  public InputStream stream() {
    return new HandleInput(this);
  }

  /** Writes all of the buffer to that position. */
  public void write(ByteBuffer src, long position) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      long at = position;
      while (src.hasRemaining()) {
        at += write(fd, src, at);
      }
    } finally {
      Reference.reachabilityFence(src);
      descriptor.release();
    }
  }

  private int write(int fd, ByteBuffer src, long position) throws LinuxException {
    int length = src.remaining();
    long address;
    if (src.isDirect()) {
      address = Scratch.addressOf(src) + src.position();
    } else {
      Scratch scratch = Scratch.get();
      length = Math.min(length, Scratch.DATA_SIZE);
      scratch.buffer.put(Scratch.DATA, src, src.position(), length);
      address = scratch.address(Scratch.DATA);
    }
    int n = (int) check(LibC.pwrite(fd, address, length, position), "pwrite");
    src.position(src.position() + n);
    return n;
  }

  /** Makes the file end there: what is beyond is lost, what is missing becomes a hole. */
  public void truncate(long size) throws LinuxException {
    run("ftruncate", fd -> LibC.ftruncate(fd, size));
  }

  /** Sees to it that writing there needs no more space; a longer file than before ends there. */
  public void allocate(long offset, long length) throws LinuxException {
    run("fallocate", fd -> LibC.fallocate(fd, 0, offset, length));
  }

  /** Gives the space back; zeros are read there then. The size stays. */
  public void punchHole(long offset, long length) throws LinuxException {
    int mode = FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE;
    run("fallocate", fd -> LibC.fallocate(fd, mode, offset, length));
  }

  /** Shares all of the source's content (FICLONE); both must lie on one file system. */
  public void cloneFrom(FileHandle source) throws LinuxException {
    int sourceFd = source.descriptor.acquire();
    try {
      run("FICLONE", fd -> LibC.ioctl(fd, FICLONE, sourceFd));
    } finally {
      source.descriptor.release();
    }
  }

  /** Shares a range (FICLONERANGE); offsets and length are multiples of the block size. */
  public void cloneRange(FileHandle source, long sourceOffset, long length, long offset)
      throws LinuxException {
    int sourceFd = source.descriptor.acquire();
    try {
      Scratch scratch = Scratch.get();
      scratch.buffer.putLong(Scratch.STRUCT, sourceFd);
      scratch.buffer.putLong(Scratch.STRUCT + 8, sourceOffset);
      scratch.buffer.putLong(Scratch.STRUCT + 16, length);
      scratch.buffer.putLong(Scratch.STRUCT + 24, offset);
      long range = scratch.address(Scratch.STRUCT);
      run("FICLONERANGE", fd -> LibC.ioctl(fd, FICLONERANGE, range));
    } finally {
      source.descriptor.release();
    }
  }

  /** Where the next data begins, from that offset on; empty where only a hole follows. */
  public OptionalLong nextData(long offset) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      long found = LibC.lseek(fd, offset, SEEK_DATA);
      if (found < 0 && LibC.errno() == Errno.ENXIO.number()) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(check(found, "lseek"));
    } finally {
      descriptor.release();
    }
  }

  /** Where the next hole begins, from that offset within the file on; its end counts as one. */
  public long nextHole(long offset) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      return check(LibC.lseek(fd, offset, SEEK_HOLE), "lseek");
    } finally {
      descriptor.release();
    }
  }

  /** Gives the file to that user and group; -1 leaves one as it is. */
  public void setOwner(int uid, int gid) throws LinuxException {
    run("fchown", fd -> LibC.fchown(fd, uid, gid));
  }

  /** Sets the permission bits, 07777. */
  public void setMode(int mode) throws LinuxException {
    run("fchmod", fd -> LibC.fchmod(fd, mode));
  }

  /** Sets the time of the last change, and leaves that of the last access. */
  public void setModificationTime(long seconds, int nanos) throws LinuxException {
    long times = Attributes.times(seconds, nanos);
    run("futimens", fd -> LibC.futimens(fd, times));
  }

  /** Sets an extended attribute, new or not. */
  public void setXattr(String name, byte[] value) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      Xattrs.of(fd, descriptor.label()).set(name, value);
    } finally {
      descriptor.release();
    }
  }

  /** Removes an extended attribute (ENODATA if there is none). */
  public void removeXattr(String name) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      Xattrs.of(fd, descriptor.label()).remove(name);
    } finally {
      descriptor.release();
    }
  }

  /** All extended attributes, by name. */
  public SortedMap<String, byte[]> xattrs() throws LinuxException {
    int fd = descriptor.acquire();
    try {
      return Xattrs.of(fd, descriptor.label()).all();
    } finally {
      descriptor.release();
    }
  }

  /** What statx(2) says of it. */
  public FileStatus status() throws LinuxException {
    int fd = descriptor.acquire();
    try {
      return Statx.of(fd, descriptor.label());
    } finally {
      descriptor.release();
    }
  }

  /** Waits until content and attributes are on the disk. */
  public void sync() throws LinuxException {
    run("fsync", LibC::fsync);
  }

  /** Waits until the content is on the disk. */
  public void dataSync() throws LinuxException {
    run("fdatasync", LibC::fdatasync);
  }

  /** Whether the disk has these bytes there: it is asked, as far as {@link #dropCache} can. */
  public boolean holds(byte[] content, long position) throws IOException {
    dropCache();
    byte[] there = new byte[content.length];
    readFully(ByteBuffer.wrap(there), position);
    return Arrays.equals(there, content);
  }

  /**
   * Has the kernel forget what it holds of the content, so that the next read asks the disk. Only
   * what is synced can be forgotten; it is an advice that a file system may not follow.
   */
  public void dropCache() throws LinuxException {
    int fd = descriptor.acquire();
    try {
      int error = LibC.posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
      if (error != 0) {
        throw LinuxException.ofNumber(error, "posix_fadvise", toString());
      }
    } finally {
      descriptor.release();
    }
  }

  /** One call on the descriptor. */
  @FunctionalInterface
  interface FdCall {
    int on(int fd) throws LinuxException;
  }

  void run(String call, FdCall fdCall) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      long unused = check(fdCall.on(fd), call);
    } finally {
      descriptor.release();
    }
  }

  Descriptor descriptor() {
    return descriptor;
  }

  private long check(long result, String call) throws LinuxException {
    return Calls.check(result, call, descriptor.label(), BytePath.ROOT);
  }

  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return descriptor.label().toString();
  }
}
