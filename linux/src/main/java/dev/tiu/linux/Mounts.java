package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Mounting file systems: by path, or seen by nobody. All of it needs root. */
public final class Mounts {
  private static final int CLONE_NEWNS = 0x20000;
  private static final long MS_REC = 0x4000;
  private static final long MS_PRIVATE = 1 << 18;
  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  private Mounts() {}

  /**
   * Mounts a file system where no path shows it, and gives its root.
   *
   * <p>It is gone when the handle and all that was opened through it are closed, so also when this
   * process dies. By fsopen(2), fsconfig(2) and fsmount(2), Linux 5.2.
   *
   * @param options by name, as mount(8) has them: {@code subvolid} to {@code 5}; those without a
   *     value to the empty string
   * @throws LinuxException with what the file system logged as the reason
   */
  public static Dir detached(String fsType, Path device, Map<String, String> options, Access access)
      throws LinuxException {
    return DetachedMount.open(fsType, device, options, access);
  }

  /**
   * Mounts a device, or whatever the file system takes for it, on a directory, as mount(2).
   *
   * @param flags the MS_ constants of {@code linux/mount.h}
   * @param data the file system's own options, with commas between
   */
  public static void mount(Path device, Path target, String fsType, long flags, String data)
      throws LinuxException {
    String label = device + " on " + target;
    Scratch scratch = Scratch.get();
    long source = put(Scratch.NAME, device.toString(), label);
    long point = put(Scratch.OTHER, target.toString(), label);
    byte[] type = (fsType + "\0").getBytes(UTF_8);
    byte[] own = (data + "\0").getBytes(UTF_8);
    if (own.length > 4096) {
      throw new LinuxException(Errno.E2BIG, "mount", label, "options of " + own.length + " bytes");
    }
    scratch.buffer.put(Scratch.DATA, type).put(Scratch.STRUCT, own);
    int result =
        LibC.mount(
            source, point, scratch.address(Scratch.DATA), flags, scratch.address(Scratch.STRUCT));
    check(result, "mount", label);
  }

  /** Unmounts what is on that directory; EBUSY while it is in use. */
  public static void unmount(Path target) throws LinuxException {
    String label = target.toString();
    check(LibC.umount2(put(Scratch.NAME, label, label), UMOUNT_NOFOLLOW), "umount2", label);
  }

  /** Takes away what is mounted on that directory, with all below it, though it is in use. */
  static void detach(Path target) throws LinuxException {
    String label = target.toString();
    long point = put(Scratch.NAME, label, label);
    check(LibC.umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW), "umount2", label);
  }

  /**
   * Gives the calling thread mounts of its own: what it mounts from now on nobody else sees.
   *
   * <p>That holds for this thread, the threads it starts and the programs it runs from then on, and
   * not for the rest of the process. It can't be undone; use a thread that ends afterwards.
   */
  public static void enterPrivateNamespace() throws LinuxException {
    check(LibC.unshare(CLONE_NEWNS), "unshare", "CLONE_NEWNS");
    // Without this, mounts would still be passed on where the system shares them, as systemd does.
    long root = put(Scratch.NAME, "/", "/");
    check(LibC.mount(0, root, 0, MS_REC | MS_PRIVATE, 0), "mount", "/ as private");
  }

  /** What the calling thread sees mounted, in the order of mounting. */
  public static List<MountEntry> mounted() throws IOException {
    String text = new String(Files.readAllBytes(Path.of("/proc/thread-self/mountinfo")), UTF_8);
    return MountInfo.parse(text.lines().toList());
  }

  private static long put(int area, String text, String label) throws LinuxException {
    return Scratch.get().put(area, text.getBytes(UTF_8), "mount", () -> label);
  }

  private static void check(long result, String call, String label) throws LinuxException {
    long unused = Calls.check(result, call, Label.of(label), BytePath.ROOT);
  }
}
