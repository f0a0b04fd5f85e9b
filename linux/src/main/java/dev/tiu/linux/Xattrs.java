package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The extended attributes of one inode, by descriptor or by name without following a link.
 *
 * <p>Values are the kernel's bytes: {@code security.capability} and {@code system.posix_acl_*} as
 * they are. Limits are {@code linux/limits.h}'s: 64 KiB for all names and for each value.
 */
final class Xattrs {
  private static final int LIMIT = 64 << 10;
  private static final int NAMES = Scratch.DATA;
  private static final int VALUE = Scratch.DATA + LIMIT;

  private final int fd;
  private final long path;

  /**
   * Asked for the inode's name when something fails; putting it together costs more than a call.
   */
  private final Supplier<String> label;

  private Xattrs(int fd, long path, Supplier<String> label) {
    this.fd = fd;
    this.path = path;
    this.label = label;
  }

  /** By descriptor, which must not be an O_PATH one. */
  static Xattrs of(int fd, Label label) {
    return new Xattrs(fd, 0, label::toString);
  }

  /** Of what the place names; good until another path is put into the scratch's first area. */
  static Xattrs of(Place place, String call) throws LinuxException {
    return place.isRoot()
        ? new Xattrs(place.fd(), 0, place::label)
        : new Xattrs(-1, place.procName(call), place::label);
  }

  SortedMap<String, byte[]> all() throws LinuxException {
    long names = Scratch.get().address(NAMES);
    long size = path == 0 ? LibC.flistxattr(fd, names, LIMIT) : LibC.llistxattr(path, names, LIMIT);
    if (size == 0) {
      return Collections.emptySortedMap();
    }
    SortedMap<String, byte[]> xattrs = new TreeMap<>();
    for (String name : names((int) check(size, "listxattr", ""))) {
      long value = Scratch.get().address(VALUE);
      long key = put(name, "getxattr");
      long length =
          path == 0
              ? LibC.fgetxattr(fd, key, value, LIMIT)
              : LibC.lgetxattr(path, key, value, LIMIT);
      if (length < 0 && LibC.errno() == Errno.ENODATA.number()) {
        continue; // Removed since the names were read.
      }
      xattrs.put(name, Scratch.get().bytes(VALUE, (int) check(length, "getxattr", name)));
    }
    return xattrs;
  }

  private List<String> names(int size) throws LinuxException {
    ByteBuffer buffer = Scratch.get().buffer;
    List<String> names = new ArrayList<>();
    int start = NAMES;
    for (int i = NAMES; i < NAMES + size; i++) {
      if (buffer.get(i) == 0) {
        names.add(decode(buffer.slice(start, i - start)));
        start = i + 1;
      }
    }
    return names;
  }

  private String decode(ByteBuffer name) throws LinuxException {
    try {
      return UTF_8.newDecoder().decode(name).toString();
    } catch (CharacterCodingException e) {
      byte[] bytes = new byte[name.rewind().remaining()];
      name.get(bytes);
      throw new LinuxException(
          Errno.EILSEQ, "listxattr", label.get(), "not UTF-8: " + BytePath.display(bytes));
    }
  }

  void set(String name, byte[] value) throws LinuxException {
    if (value.length > LIMIT) {
      throw new LinuxException(
          Errno.E2BIG,
          "setxattr",
          label.get(),
          name + " has " + value.length + " bytes, limit " + LIMIT);
    }
    long key = put(name, "setxattr");
    Scratch.get().buffer.put(VALUE, value);
    long content = Scratch.get().address(VALUE);
    int result =
        path == 0
            ? LibC.fsetxattr(fd, key, content, value.length, 0)
            : LibC.lsetxattr(path, key, content, value.length, 0);
    long unused = check(result, "setxattr", name);
  }

  void remove(String name) throws LinuxException {
    long key = put(name, "removexattr");
    int result = path == 0 ? LibC.fremovexattr(fd, key) : LibC.lremovexattr(path, key);
    long unused = check(result, "removexattr", name);
  }

  private long put(String name, String call) throws LinuxException {
    return Scratch.get().put(Scratch.OTHER, name.getBytes(UTF_8), call, label);
  }

  private long check(long result, String call, String name) throws LinuxException {
    if (result < 0) {
      throw LinuxException.ofNumber(LibC.errno(), call, label.get(), name);
    }
    return result;
  }
}
