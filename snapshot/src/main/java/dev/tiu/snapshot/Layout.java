package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import java.util.List;

/**
 * Where things lie below the top level (subvolume 5) of a device's btrfs.
 *
 * <pre>
 * @/.snapshots/N/info.xml      snapper's format
 * @/.snapshots/N/snapshot      the root, read-only
 * @/.snapshots/N/snapshot/etc  the live /etc, a nested subvolume, writable
 * @/.snapshots/N/etc           /etc as the image shipped it, read-only
 * @/.snapshots/N/tiu/          the image's skeleton, the merge report
 * @/.snapshots/N/var           /var when that system used it last, read-only
 * @/var @/home @/root @/srv @/opt @/usr-local
 * </pre>
 */
public final class Layout {
  /** Inode number of every subvolume's own directory (BTRFS_FIRST_FREE_OBJECTID), and only that. */
  static final long SUBVOLUME_INODE = 256;

  /**
   * Inode number of what a snapshot has in place of a subvolume nested in its source
   * (BTRFS_EMPTY_SUBVOL_DIR_OBJECTID): an empty directory, which nothing can be made in.
   */
  static final long PLACEHOLDER_INODE = 2;

  public static final BytePath SYSTEM = BytePath.of("@");

  /** What {@code install} builds in before it becomes {@link #SYSTEM} by one rename. */
  public static final BytePath UNFINISHED_SYSTEM = BytePath.of("@.tiu-unfinished");

  public static final BytePath LOCK = BytePath.of(".tiu.lock");

  static final BytePath SNAPSHOTS_NAME = BytePath.of(".snapshots");
  static final BytePath INFO = BytePath.of("info.xml");
  public static final BytePath ROOT = BytePath.of("snapshot");
  static final BytePath ETC = BytePath.of("etc");

  /** The shared /var in {@code @}, and what a snapshot keeps of it in {@code N}. */
  static final BytePath VAR = BytePath.of("var");

  public static final BytePath FILES = BytePath.of("tiu");
  static final BytePath SKELETON = BytePath.of("skeleton.tiu");

  /**
   * A subvolume that all snapshots share.
   *
   * @param subvolume its name in {@code @}
   * @param directory where a running system mounts it, and where an image has what it brings
   */
  public record Shared(BytePath subvolume, BytePath directory) {
    private static Shared of(String subvolume, String directory) {
      return new Shared(BytePath.of(subvolume), BytePath.of(directory));
    }
  }

  /** All that snapshots share. */
  public static final List<Shared> SHARED =
      List.of(
          Shared.of("var", "var"),
          Shared.of("home", "home"),
          Shared.of("root", "root"),
          Shared.of("srv", "srv"),
          Shared.of("opt", "opt"),
          Shared.of("usr-local", "usr/local"));

  private Layout() {}

  /** A snapshot's directory, below the top level. */
  public static BytePath snapshot(int number) {
    return SYSTEM.resolve(SNAPSHOTS_NAME).resolve(Integer.toString(number));
  }
}
