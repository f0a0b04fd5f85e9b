package dev.tiu.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/**
 * A thread's native memory for the arguments and results of one call at a time.
 *
 * <p>It holds nothing from one call to the next, and goes with the thread. Four areas, so that a
 * call with two paths and a structure needs no more than one of these:
 *
 * <pre>
 * NAME    a path, NUL-terminated
 * OTHER   a second path, a link's target, an xattr's name
 * STRUCT  a structure of up to 4096 bytes and some more
 * DATA    what is read and written: directory entries, xattrs, file content
 * </pre>
 */
final class Scratch {
  static final int NAME = 0;
  static final int OTHER = 4608;
  static final int STRUCT = 9216;
  static final int DATA = 16384;
  static final int DATA_SIZE = 128 << 10;

  /** Longest path that the kernel takes, with its NUL (PATH_MAX), and room for a prefix. */
  private static final int AREA_SIZE = 4608;

  private static final int PATH_MAX = 4096;

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  /** Little-endian, as both machines are. */
  final ByteBuffer buffer =
      ByteBuffer.allocateDirect(DATA + DATA_SIZE).order(ByteOrder.LITTLE_ENDIAN);

  private final long base = addressOf(buffer);

  private Scratch() {}

  static Scratch get() {
    return OF_THREAD.get();
  }

  /** Where a direct buffer's content begins, whatever its position. */
  static long addressOf(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  long address(int area) {
    return base + area;
  }

  /** Puts the path there, NUL-terminated; gives its address. */
  long put(int area, BytePath path, String call) throws LinuxException {
    int length = path.length();
    if (length >= PATH_MAX) {
      throw new LinuxException(
          Errno.ENAMETOOLONG, call, path.toString(), length + " bytes, limit " + (PATH_MAX - 1));
    }
    path.put(buffer, area);
    buffer.put(area + length, (byte) 0);
    return base + area;
  }

  /**
   * Puts the bytes there, NUL-terminated; gives their address.
   *
   * @param what the call is about, asked for if it fails
   */
  long put(int area, byte[] bytes, String call, Supplier<String> what) throws LinuxException {
    if (bytes.length >= AREA_SIZE) {
      throw new LinuxException(
          Errno.ENAMETOOLONG, call, what.get(), bytes.length + " bytes, limit " + (AREA_SIZE - 1));
    }
    for (byte b : bytes) {
      if (b == 0) {
        throw new LinuxException(
            Errno.EINVAL, call, what.get(), "a NUL in " + BytePath.display(bytes));
      }
    }
    buffer.put(area, bytes);
    buffer.put(area + bytes.length, (byte) 0);
    return base + area;
  }

  byte[] bytes(int index, int length) {
    byte[] copy = new byte[length];
    buffer.get(index, copy);
    return copy;
  }

  /** The bytes up to a NUL, or up to the limit where there is none. */
  byte[] cString(int index, int limit) {
    int length = 0;
    while (length < limit && buffer.get(index + length) != 0) {
      length++;
    }
    return bytes(index, length);
  }

  void clear(int index, int length) {
    for (int i = 0; i < length; i += Long.BYTES) {
      buffer.putLong(index + i, 0);
    }
  }
}
