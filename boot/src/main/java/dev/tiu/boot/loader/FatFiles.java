package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes files as a FAT lets one: no modes, and a rename that isn't atomic when the power goes.
 *
 * <p>Each file and each directory is synced by itself. A sync of the whole file system sends no
 * flush to the disk on a FAT.
 */
final class FatFiles {
  /** What most failures mean. */
  static final String AS_IT_WAS = "What boots is as it was.";

  private static final int BUFFER = 1 << 20;
  private static final int LIMIT = 1 << 20;
  private static final String TEMPORARY = ".tiu-new";

  private FatFiles() {}

  /** Makes a directory and those above it that are missing, each synced. */
  static void makeDirs(Dir dir, BytePath path) throws LinuxException {
    if (path.isRoot() || dir.find(path).isPresent()) {
      return;
    }
    makeDirs(dir, path.parent());
    dir.makePlainDir(path);
    sync(dir, path);
    sync(dir, path.parent());
  }

  static void sync(Dir dir, BytePath path) throws LinuxException {
    try (Dir opened = dir.openDir(path)) {
      opened.sync();
    }
  }

  /**
   * Gives a small file new content, by a file beside it. A power cut may leave the old, the new or
   * none: only for what a boot can do without.
   */
  static void replace(Dir dir, BytePath path, byte[] content) throws IOException {
    if (holds(dir, path, content)) {
      return;
    }
    BytePath beside = path.parent().resolve(path.name() + TEMPORARY);
    dir.removeIfThere(beside);
    try (FileHandle file = dir.createPrivate(beside)) {
      file.write(ByteBuffer.wrap(content), 0);
      file.sync();
    }
    rename(dir, beside, path);
    requireHeld(dir, path, content);
  }

  /**
   * Gives a file another name, and has that on the disk.
   *
   * <p>Linux's vfat makes the new directory entry with no size and no first cluster, and fills them
   * in when it writes the inode ({@code vfat_rename} in {@code fs/fat/namei_vfat.c}). So the file
   * is synced under its new name first; the directory alone would have an empty file on the disk.
   */
  static void rename(Dir dir, BytePath from, BytePath to) throws LinuxException {
    dir.rename(from, to);
    try (FileHandle file = dir.openFile(to)) {
      file.sync();
    }
    sync(dir, to.parent());
  }

  /**
   * Gives a file that decides what boots new content. If only its first sector differs, that one is
   * overwritten in place: a disk writes it whole or not at all, and neither a directory entry nor
   * an allocation table changes. Any other change is by {@link #replace}.
   */
  static void replaceSector(Dir dir, BytePath path, byte[] content) throws IOException {
    byte[] there = read(dir, path, LIMIT);
    if (Arrays.equals(there, content)) {
      return;
    }
    int sector = Math.min(Sector.SIZE, content.length);
    boolean restStays =
        there.length == content.length
            && Arrays.equals(there, sector, there.length, content, sector, content.length);
    if (!restStays) {
      makeDirs(dir, path.parent());
      replace(dir, path, content);
      return;
    }
    try (FileHandle file = dir.openForUpdate(path)) {
      file.write(ByteBuffer.wrap(content, 0, sector), 0);
      file.sync();
    }
    if (!holds(dir, path, content)) {
      throw new BootException(
          path + " on the boot partition reads otherwise than it was written",
          "What boots next isn't certain.",
          "The card or disk may be failing: replace it.");
    }
  }

  /**
   * Makes a file longer. What there was of it stays where it is: after a power cut it has its old
   * length or the new one.
   */
  static void append(Dir dir, BytePath path, byte[] more) throws IOException {
    if (more.length == 0) {
      return;
    }
    try (FileHandle file = dir.openForUpdate(path)) {
      file.write(ByteBuffer.wrap(more), file.status().size());
      file.sync();
    }
  }

  /**
   * Removes the files of a directory that nobody needs.
   *
   * @param form of the names of those that may go
   */
  static void removeOthers(Dir dir, BytePath directory, Pattern form, Set<String> needed)
      throws IOException {
    try (Dir opened = dir.openDir(directory)) {
      for (DirEntry file : opened.list()) {
        String name = file.name().toString();
        if (form.matcher(name).matches() && !needed.contains(name)) {
          opened.unlink(file.name());
          opened.sync();
        }
      }
    }
  }

  /** Copies a file, and has it on the disk. */
  static void copy(FileHandle from, Dir to, BytePath path) throws LinuxException {
    try (FileHandle file = to.createPrivate(path)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
      long position = 0;
      while (from.read(buffer.clear(), position) > 0) {
        buffer.flip();
        int length = buffer.remaining();
        file.write(buffer, position);
        position += length;
      }
      file.sync();
    }
  }

  /** Reads it from the disk, so that what a card didn't keep shows before it counts. */
  static void requireHeld(Dir dir, BytePath path, byte[] content) throws IOException {
    if (!holds(dir, path, content)) {
      throw new BootException(
          "The boot partition didn't keep %s as it was written".formatted(path),
          AS_IT_WAS,
          "The card or disk may be failing: replace it.");
    }
  }

  private static boolean holds(Dir dir, BytePath path, byte[] content) throws IOException {
    if (dir.find(path).filter(s -> s.size() == content.length).isEmpty()) {
      return false;
    }
    try (FileHandle file = dir.openFile(path)) {
      return file.holds(content, 0);
    }
  }

  /** The content, or empty bytes if there is no such file. */
  static byte[] read(Dir dir, BytePath path, int limit) throws IOException {
    try {
      return dir.readAll(path, limit);
    } catch (LinuxException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
        return new byte[0];
      }
      throw e;
    }
  }
}
