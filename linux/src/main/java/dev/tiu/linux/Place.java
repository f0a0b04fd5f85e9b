package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Where a path's last name lies: the directory it is in, opened without following any link.
 *
 * <p>A path of one component costs no call. The handle that it starts from stays open until this is
 * closed.
 */
final class Place implements AutoCloseable {
  /** How the directory is opened. */
  enum Use {
    /** For the calls that take a directory and a name. */
    NAMES,
    /** For ioctls and syncing too: needs the permission to read it. */
    CONTENT
  }

  private final Descriptor start;
  private final BytePath path;
  private final BytePath name;
  private final int fd;
  private final boolean owned;

  private Place(Descriptor start, BytePath path, BytePath name, int fd, boolean owned) {
    this.start = start;
    this.path = path;
    this.name = name;
    this.fd = fd;
    this.owned = owned;
  }

  static Place of(Descriptor start, BytePath path, Use use) throws LinuxException {
    int fd = start.acquire();
    boolean done = false;
    try {
      BytePath parent = path.parent();
      Place place;
      if (parent.isRoot()) {
        place = new Place(start, path, path, fd, false);
      } else {
        int flags = Abi.HERE.directory | (use == Use.NAMES ? Abi.O_PATH : Abi.O_RDONLY);
        int parentFd = Calls.openBeneath(fd, start.label(), parent, flags, 0, 0);
        place = new Place(start, path, path.name(), parentFd, true);
      }
      done = true;
      return place;
    } finally {
      if (!done) {
        start.release();
      }
    }
  }

  /** The directory. */
  int fd() {
    return fd;
  }

  /** Whether the path is the start itself, and there is no name. */
  boolean isRoot() {
    return path.isRoot();
  }

  /** Puts the name into that area of the scratch; gives its address. */
  long name(int area, String call) throws LinuxException {
    return Scratch.get().put(area, name, call);
  }

  /** The name's address. */
  long name(String call) throws LinuxException {
    return name(Scratch.NAME, call);
  }

  /** Puts the name into the scratch, without a NUL. */
  void putName(int index) {
    name.put(Scratch.get().buffer, index);
  }

  /** The name as a path through /proc, for calls that take no directory. */
  long procName(String call) throws LinuxException {
    byte[] prefix = ("/proc/self/fd/" + fd + "/").getBytes(ISO_8859_1);
    byte[] whole = new byte[prefix.length + name.length()];
    System.arraycopy(prefix, 0, whole, 0, prefix.length);
    System.arraycopy(name.bytes(), 0, whole, prefix.length, name.length());
    return Scratch.get().put(Scratch.NAME, whole, call, this::label);
  }

  /** The whole path, for messages. */
  String label() {
    return start.label().text(path);
  }

  long check(long result, String call) throws LinuxException {
    return Calls.check(result, call, start.label(), path);
  }

  @Override
  public void close() {
    if (owned) {
      int unused = LibC.close(fd);
    }
    start.release();
  }
}
