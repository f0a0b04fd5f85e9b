package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileSystemSpace;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A whole image into a directory that belongs to no device.
 *
 * <p>A directory that doesn't exist is built under another name beside it ({@code
 * .NAME.tiu-unfinished}, replaced if a killed run left one) and renamed when it is complete and on
 * the disk. An empty one that exists is filled where it is. After a failure it is as it was.
 */
public final class Extraction implements AutoCloseable {
  private static final String SUFFIX = ".tiu-unfinished";
  private static final int LONGEST_NAME = BytePath.NAME_MAX - SUFFIX.length() - 1;

  private final Bundle bundle;
  private final ImageTree target;
  private final Plan plan;
  private final Dir place;

  /** The name of what is made in {@link #place}; the root where that is filled itself. */
  private final BytePath name;

  private final boolean subvolume;

  private Extraction(Bundle bundle, Dir place, BytePath name, boolean subvolume)
      throws IOException {
    this.bundle = bundle;
    this.target = ImageTree.of(bundle, ImagePart.WHOLE);
    this.plan = Planner.plan(ImageTree.empty(bundle), target, Deviations.NONE, Patches.none());
    this.place = place;
    this.name = name;
    this.subvolume = subvolume;
  }

  /**
   * Checks and plans; writes nothing.
   *
   * @param directory an empty one, or one that doesn't exist in a directory that does
   * @throws DeviceException if it isn't empty or isn't a directory, or without root's rights
   */
  public static Extraction prepare(Bundle bundle, Path directory) throws IOException {
    requireRoot();
    return Files.exists(directory) ? intoEmpty(bundle, directory) : intoNew(bundle, directory);
  }

  private static void requireRoot() throws IOException {
    if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new DeviceException(
          "extracting needs root: only root can set owners, devices and capabilities. Nothing was"
              + " written");
    }
  }

  private static Extraction intoEmpty(Bundle bundle, Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new DeviceException(
          directory + " exists and isn't a directory. Name an empty directory, or a new one");
    }
    Dir place = Dir.open(directory);
    try {
      List<DirEntry> entries = place.list();
      if (!entries.isEmpty()) {
        throw new DeviceException(
            "%s is not empty: it has %s. Name an empty directory, or a new one"
                .formatted(directory, entries.get(0).name()));
      }
      return new Extraction(bundle, place, BytePath.ROOT, false);
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private static Extraction intoNew(Bundle bundle, Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    Path parent = absolute.getParent();
    Path last = absolute.getFileName();
    if (parent == null || last == null || !Files.isDirectory(parent)) {
      throw new DeviceException(
          "%s can't be made: %s isn't a directory".formatted(directory, parent));
    }
    if (last.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      throw new DeviceException(
          "%s can't be made: a name may have %d bytes".formatted(directory, LONGEST_NAME));
    }
    BytePath name = BytePath.of(last.toString());
    Dir place = Dir.open(parent);
    try {
      if (place.find(name).isPresent()) {
        throw new DeviceException(directory + " is a symbolic link that leads nowhere");
      }
      return new Extraction(bundle, place, name, Btrfs.isBtrfs(place));
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** What will be done. */
  public Plan plan() {
    return plan;
  }

  /** How full the disk is. */
  public FileSystemSpace space() throws IOException {
    return place.space();
  }

  /** Whether the directory is made as a btrfs subvolume. */
  public boolean isSubvolume() {
    return subvolume;
  }

  /** Carries it out. */
  public void run(int threads) throws IOException {
    if (name.isRoot()) {
      fillEmpty(threads);
    } else {
      makeNew(threads);
    }
  }

  private void fillEmpty(int threads) throws IOException {
    FileStatus before = place.status(BytePath.ROOT);
    try {
      fill(place, threads);
    } catch (IOException | RuntimeException e) {
      undo(e, () -> empty(before));
      throw e;
    }
  }

  /** The directory with the owner, mode and time that it had. */
  private void empty(FileStatus before) throws IOException {
    for (DirEntry entry : place.list()) {
      place.removeTree(entry.name());
    }
    place.setOwner(BytePath.ROOT, before.uid(), before.gid());
    place.setMode(BytePath.ROOT, before.mode());
    place.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
  }

  private void makeNew(int threads) throws IOException {
    BytePath unfinished = BytePath.of("." + text(name) + SUFFIX);
    removeIfThere(unfinished);
    try {
      make(unfinished);
      try (Dir made = place.openDir(unfinished)) {
        fill(made, threads);
      }
      place.renameNoReplace(unfinished, name);
      place.sync();
    } catch (IOException | RuntimeException e) {
      undo(e, () -> removeIfThere(unfinished));
      throw e;
    }
  }

  /** The bytes came from a Java path, which is text. */
  private static String text(BytePath name) {
    return new String(name.bytes(), StandardCharsets.UTF_8);
  }

  /** Nobody but root looks into it before its files have their owners. */
  private void make(BytePath unfinished) throws IOException {
    if (subvolume) {
      Btrfs.createSubvolume(place, unfinished);
      place.setMode(unfinished, 0700);
    } else {
      place.makeDir(unfinished, 0700);
    }
  }

  private void removeIfThere(BytePath unfinished) throws IOException {
    Optional<FileStatus> left = place.find(unfinished);
    if (left.filter(status -> status.type() == FileType.DIRECTORY).isPresent()) {
      place.removeTree(unfinished);
    }
  }

  private void fill(Dir tree, int threads) throws IOException {
    new Applier(Sources.of(bundle), threads, bytes -> {})
        .apply(
            List.of(
                new Site(ImagePart.WHOLE, plan, target, tree, Optional.empty(), Existing.REPLACE)));
    tree.syncFileSystem();
  }

  private interface Undoing {
    void run() throws IOException;
  }

  private static void undo(Exception failure, Undoing undoing) {
    try {
      undoing.run();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    place.close();
  }
}
