package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A directory handle: what lies below it, by paths that can't lead out of it.
 *
 * <p>Every path is resolved by openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS (Linux 5.6):
 * a link on the way is ELOOP, and a link at the end is dealt with itself, never what it points to.
 * A path of one component takes one system call; a longer one has its parent opened first, so who
 * walks a tree opens each directory. A mode is set exactly, whatever the umask.
 *
 * <p>Threads may share a handle. Using a closed one is an {@link IllegalStateException}; closing it
 * leaves what was opened through it open.
 */
public final class Dir implements AutoCloseable {
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;

  private final Descriptor descriptor;

  Dir(int fd, Label label) {
    this.descriptor = new Descriptor(fd, label);
  }

  /** Opens a path that is trusted: links in it are followed. */
  public static Dir open(Path path) throws LinuxException {
    String text = path.toString();
    return new Dir(Calls.openTrusted(text, Abi.HERE.directory), Label.of(text));
  }

  /** Opens a directory below; {@link BytePath#ROOT} gives a second handle on this one. */
  public Dir openDir(BytePath path) throws LinuxException {
    return openDir(path, 0);
  }

  /** The same, but not where another file system is mounted (EXDEV). */
  Dir openDirOnSameMount(BytePath path) throws LinuxException {
    return openDir(path, Calls.RESOLVE_NO_XDEV);
  }

  private Dir openDir(BytePath path, int resolve) throws LinuxException {
    return new Dir(openBeneath(path, Abi.HERE.directory, 0, resolve), label(path));
  }

  /** Opens a file for reading. */
  public FileHandle openFile(BytePath path) throws LinuxException {
    return openFile(path, Abi.O_RDONLY, 0);
  }

  /** Opens a file that exists for reading and writing. */
  public FileHandle openForUpdate(BytePath path) throws LinuxException {
    return openFile(path, Abi.O_RDWR, 0);
  }

  /** Makes a file that doesn't exist yet (else EEXIST), for reading and writing. */
  public FileHandle createFile(BytePath path, int mode) throws LinuxException {
    FileHandle file = openFile(path, Abi.O_RDWR | Abi.O_CREAT | Abi.O_EXCL, mode & 0777);
    try {
      file.setMode(mode);
      return file;
    } catch (LinuxException e) {
      file.close();
      throw e;
    }
  }

  /**
   * The same with a mode that lets nobody but the owner in, whatever it is exactly: for who sets
   * another when the file is complete.
   */
  public FileHandle createPrivate(BytePath path) throws LinuxException {
    return openFile(path, Abi.O_RDWR | Abi.O_CREAT | Abi.O_EXCL, 0600);
  }

  /** A FIFO or a device is opened without waiting; reading it by position fails. */
  private FileHandle openFile(BytePath path, int flags, int mode) throws LinuxException {
    int all = flags | Abi.O_NONBLOCK | Abi.O_NOCTTY;
    return new FileHandle(openBeneath(path, all, mode, 0), label(path));
  }

  /** Opens what the path leads to where this directory is the root: links can't lead out of it. */
  FileHandle openFollowing(BytePath path, int flags) throws LinuxException {
    return new FileHandle(openInRoot(path, flags), label(path));
  }

  /**
   * Opens a file for reading where this directory is the root of a system: links are followed, and
   * can't lead out of it. A FIFO or a device is opened without waiting.
   */
  public FileHandle openFileInRoot(BytePath path) throws LinuxException {
    return openFollowing(path, Abi.O_RDONLY | Abi.O_NONBLOCK | Abi.O_NOCTTY);
  }

  /** Opens a directory in the same way. */
  public Dir openDirInRoot(BytePath path) throws LinuxException {
    return new Dir(openInRoot(path, Abi.HERE.directory), label(path));
  }

  private int openInRoot(BytePath path, int flags) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      return Calls.openInRoot(fd, descriptor.label(), path, flags);
    } finally {
      descriptor.release();
    }
  }

  private int openBeneath(BytePath path, int flags, int mode, int resolve) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      return Calls.openBeneath(fd, descriptor.label(), path, flags, mode, resolve);
    } finally {
      descriptor.release();
    }
  }

  /** Makes a directory. */
  public void makeDir(BytePath path, int mode) throws LinuxException {
    try (Place place = named(path)) {
      place.check(LibC.mkdirat(place.fd(), place.name("mkdirat"), mode & 0777), "mkdirat");
      Attributes.setMode(place, mode);
    }
  }

  /**
   * Makes a directory with whatever mode the file system gives it: a FAT has one for all, and
   * refuses any other.
   */
  public void makePlainDir(BytePath path) throws LinuxException {
    try (Place place = named(path)) {
      place.check(LibC.mkdirat(place.fd(), place.name("mkdirat"), 0700), "mkdirat");
    }
  }

  /** Makes a symbolic link with that target, as bytes. */
  public void makeSymlink(byte[] target, BytePath path) throws LinuxException {
    try (Place place = named(path)) {
      String call = "symlinkat";
      long content = Scratch.get().put(Scratch.OTHER, target, call, place::label);
      place.check(LibC.symlinkat(content, place.fd(), place.name(call)), call);
    }
  }

  /** Makes a FIFO, a socket or a device node; the numbers count for devices only. */
  public void makeNode(BytePath path, FileType type, int mode, int major, int minor)
      throws LinuxException {
    boolean isDevice = type == FileType.CHARACTER_DEVICE || type == FileType.BLOCK_DEVICE;
    if (!isDevice && type != FileType.FIFO && type != FileType.SOCKET) {
      throw new IllegalArgumentException("not a node: " + type);
    }
    try (Place place = named(path)) {
      long name = place.name("mknodat");
      long device = isDevice ? deviceNumber(major, minor) : 0;
      int bits = type.bits() | (mode & 0777);
      long result = LibC.syscall(Abi.HERE.sysMknodat, place.fd(), name, bits, device, 0);
      place.check(result, "mknodat");
      Attributes.setMode(place, mode);
    }
  }

  /** As the kernel's new_encode_dev: 12 bits of major, 20 of minor. */
  private static long deviceNumber(int major, int minor) {
    if (major >>> 12 != 0 || minor >>> 20 != 0) {
      throw new IllegalArgumentException("no device number: " + major + ":" + minor);
    }
    return (minor & 0xffL) | (long) major << 8 | (minor & 0xfff00L) << 12;
  }

  /** Makes a second name for what exists, a symbolic link too. */
  public void link(BytePath existing, BytePath created) throws LinuxException {
    try (Place from = named(existing);
        Place to = named(created)) {
      long name = from.name(Scratch.NAME, "linkat");
      long other = to.name(Scratch.OTHER, "linkat");
      to.check(LibC.linkat(from.fd(), name, to.fd(), other, 0), "linkat");
    }
  }

  /** Removes a name that is no directory. */
  public void unlink(BytePath path) throws LinuxException {
    try (Place place = named(path)) {
      place.check(LibC.unlinkat(place.fd(), place.name("unlinkat"), 0), "unlinkat");
    }
  }

  /** Removes an empty directory, also what a snapshot has in place of a nested subvolume. */
  public void removeDir(BytePath path) throws LinuxException {
    try (Place place = named(path)) {
      long name = place.name("unlinkat");
      place.check(LibC.unlinkat(place.fd(), name, Calls.AT_REMOVEDIR), "unlinkat");
    }
  }

  /**
   * Removes whatever has that name, with all below it, btrfs subvolumes too.
   *
   * <p>Never follows a link, and stops with EXDEV where another file system is mounted. Nothing
   * there is ENOENT. What was removed before a failure is gone.
   */
  public void removeTree(BytePath path) throws LinuxException {
    TreeRemoval.remove(this, path);
  }

  /** Removes as {@link #removeTree} does, if there is anything; says whether there was. */
  public boolean removeIfThere(BytePath path) throws LinuxException {
    try (Place place = named(path)) {
      if (LibC.unlinkat(place.fd(), place.name("unlinkat"), 0) == 0) {
        return true;
      }
      if (LibC.errno() == Errno.ENOENT.number()) {
        return false;
      }
      LinuxException e = Calls.failure("unlinkat", descriptor.label(), path);
      if (e.errno() != Errno.EISDIR) {
        throw e;
      }
    }
    removeTree(path);
    return true;
  }

  /** Renames, in place of what has the new name so far, as rename(2) does. */
  public void rename(BytePath from, BytePath to) throws LinuxException {
    rename(from, to, 0);
  }

  /** Renames; EEXIST where the new name is taken. */
  public void renameNoReplace(BytePath from, BytePath to) throws LinuxException {
    rename(from, to, RENAME_NOREPLACE);
  }

  /** Exchanges two names at once. */
  public void exchange(BytePath a, BytePath b) throws LinuxException {
    rename(a, b, RENAME_EXCHANGE);
  }

  private void rename(BytePath from, BytePath to, int flags) throws LinuxException {
    try (Place source = named(from);
        Place target = named(to)) {
      long name = source.name(Scratch.NAME, "renameat2");
      long other = target.name(Scratch.OTHER, "renameat2");
      int number = Abi.HERE.sysRenameat2;
      if (LibC.syscall(number, source.fd(), name, target.fd(), other, flags) < 0) {
        String both = source.label() + " to " + target.label();
        throw LinuxException.ofNumber(LibC.errno(), "renameat2", both);
      }
    }
  }

  /**
   * Gives it, a link itself, to that user and group; -1 leaves one as it is.
   *
   * <p>The kernel takes setuid, setgid and capabilities away then: owner first, mode and xattrs
   * after.
   */
  public void setOwner(BytePath path, int uid, int gid) throws LinuxException {
    try (Place place = place(path)) {
      Attributes.setOwner(place, uid, gid);
    }
  }

  /** Sets the permission bits, 07777; a link has none (EOPNOTSUPP). */
  public void setMode(BytePath path, int mode) throws LinuxException {
    try (Place place = place(path)) {
      Attributes.setMode(place, mode);
    }
  }

  /** Sets the time of the last change, a link's own, and leaves that of the last access. */
  public void setModificationTime(BytePath path, long seconds, int nanos) throws LinuxException {
    try (Place place = place(path)) {
      Attributes.setModificationTime(place, seconds, nanos);
    }
  }

  /** What statx(2) says, of a link itself. */
  public FileStatus status(BytePath path) throws LinuxException {
    try (Place place = place(path)) {
      return Statx.of(place);
    }
  }

  /** The same; empty if there is nothing, or the way there is no directory. */
  public Optional<FileStatus> find(BytePath path) throws LinuxException {
    try (Place place = place(path)) {
      if (Statx.call(place) == 0) {
        return Optional.of(Statx.parse());
      }
      LinuxException e = Calls.failure("statx", descriptor.label(), path);
      return absent(e);
    } catch (LinuxException e) {
      return absent(e);
    }
  }

  private static <T> Optional<T> absent(LinuxException e) throws LinuxException {
    if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
      return Optional.empty();
    }
    throw e;
  }

  /** What is in this directory, without {@code .} and {@code ..}, in the order of their bytes. */
  public List<DirEntry> list() throws LinuxException {
    // An open file's position is one for all threads: each listing has an open file of its own.
    try (Dir own = openDir(BytePath.ROOT)) {
      int fd = own.descriptor.acquire();
      try {
        return Listing.of(this, fd, descriptor.label());
      } finally {
        own.descriptor.release();
      }
    }
  }

  /** A symbolic link's target, as bytes; EINVAL if it is none. */
  public byte[] readLink(BytePath path) throws LinuxException {
    try (Place place = named(path)) {
      Scratch scratch = Scratch.get();
      long name = place.name("readlinkat");
      long data = scratch.address(Scratch.DATA);
      long n = LibC.readlinkat(place.fd(), name, data, Scratch.DATA_SIZE);
      return scratch.bytes(Scratch.DATA, (int) place.check(n, "readlinkat"));
    }
  }

  /** All extended attributes by name, a link's own. */
  public SortedMap<String, byte[]> xattrs(BytePath path) throws LinuxException {
    try (Place place = place(path)) {
      return Xattrs.of(place, "listxattr").all();
    }
  }

  /** Sets an extended attribute, new or not, of a link itself. */
  public void setXattr(BytePath path, String name, byte[] value) throws LinuxException {
    try (Place place = place(path)) {
      Xattrs.of(place, "setxattr").set(name, value);
    }
  }

  /** Removes an extended attribute (ENODATA if there is none), of a link itself. */
  public void removeXattr(BytePath path, String name) throws LinuxException {
    try (Place place = place(path)) {
      Xattrs.of(place, "removexattr").remove(name);
    }
  }

  /** Waits until the names in this directory are on the disk. */
  public void sync() throws LinuxException {
    run("fsync", LibC::fsync);
  }

  /** Waits until all of the file system is on the disk. */
  public void syncFileSystem() throws LinuxException {
    run("syncfs", LibC::syncfs);
  }

  /** How full the file system is. */
  public FileSystemSpace space() throws LinuxException {
    int fd = descriptor.acquire();
    try {
      return StatFs.space(fd, descriptor.label());
    } finally {
      descriptor.release();
    }
  }

  /**
   * Gives a file new content, so that at any moment, power cuts too, there is the old or the new.
   *
   * <p>Through a file beside it ({@code .NAME.tiu-tmp}, replaced if a crash left one), which is
   * synced and renamed; then the directory is synced. Two threads must not do it to one path at a
   * time.
   */
  public void writeAtomically(BytePath path, byte[] content, int mode) throws LinuxException {
    replace(path, content, mode, SmallFiles.Sync.NOW);
  }

  /**
   * The same by one rename, but nothing is synced: for what nobody uses before all of it is. Other
   * names of the old file keep what they have.
   */
  public void writeNew(BytePath path, byte[] content, int mode) throws LinuxException {
    replace(path, content, mode, SmallFiles.Sync.LATER);
  }

  private void replace(BytePath path, byte[] content, int mode, SmallFiles.Sync sync)
      throws LinuxException {
    requireName(path);
    try (Dir parent = openDir(path.parent())) {
      SmallFiles.replace(parent, path.name(), content, mode, sync);
    }
  }

  /** The whole content of a file; EFBIG if that is more than the limit. */
  public byte[] readAll(BytePath path, int limit) throws IOException {
    try (FileHandle file = openFile(path)) {
      return SmallFiles.readAll(file, limit);
    }
  }

  /**
   * A path for programs run outside, good as long as this handle is open.
   *
   * <p>They follow links below it: only for trees where that does no harm.
   *
   * @throws IllegalArgumentException if it is no UTF-8, which Java's paths can't hold
   */
  public Path procPath(BytePath path) {
    int fd = descriptor.acquire();
    try {
      String text = new String(path.bytes(), UTF_8);
      if (!BytePath.of(text).equals(path)) {
        throw new IllegalArgumentException("not UTF-8: " + path);
      }
      return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + fd, text);
    } finally {
      descriptor.release();
    }
  }

  /** What the path's last name lies in; the path may be the root. */
  private Place place(BytePath path) throws LinuxException {
    return Place.of(descriptor, path, Place.Use.NAMES);
  }

  /** The same for calls that need a name. */
  private Place named(BytePath path) throws LinuxException {
    requireName(path);
    return place(path);
  }

  /** The same for ioctls on the directory that the name lies in. */
  Place namedForIoctl(BytePath path) throws LinuxException {
    requireName(path);
    return Place.of(descriptor, path, Place.Use.CONTENT);
  }

  private static void requireName(BytePath path) {
    if (path.isRoot()) {
      throw new IllegalArgumentException("needs a name below the directory, not the directory");
    }
  }

  private void run(String call, FileHandle.FdCall fdCall) throws LinuxException {
    int fd = descriptor.acquire();
    try {
      long unused = Calls.check(fdCall.on(fd), call, descriptor.label(), BytePath.ROOT);
    } finally {
      descriptor.release();
    }
  }

  Descriptor descriptor() {
    return descriptor;
  }

  private Label label(BytePath path) {
    return descriptor.label().resolve(path);
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
