package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.Digests;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files that are booted, in directories named by their content, so that snapshots with the same
 * ones share them.
 *
 * <pre>
 * tiu/0123456789abcdef/          16 hex digits of the SHA-256 of the listing
 * tiu/0123456789abcdef/linux     …
 * tiu/0123456789abcdef/tiu-set   the listing, written last: DIGEST SIZE NAME for each file, by name
 * </pre>
 *
 * <p>A directory with its listing is complete and never written again. One without was being made
 * when something ended it, and is made anew.
 */
final class BootSets {
  static final BytePath PLACE = BytePath.of("tiu");
  static final BytePath LISTING = BytePath.of("tiu-set");

  private static final int DIGITS = 16;
  private static final int BUFFER = 1 << 20;
  private static final int LISTING_LIMIT = 1 << 20;

  /** The cluster of a FAT32 of up to 16 GiB is at most this; files take whole ones. */
  private static final long CLUSTER = 8192;

  private final Dir partition;

  BootSets(Dir partition) {
    this.partition = partition;
  }

  /**
   * Puts the files there, complete, synced and read back.
   *
   * @return the name of their directory
   */
  String publish(List<BootFile> files) throws IOException {
    byte[] listing = listing(files).getBytes(UTF_8);
    String name = name(listing);
    BytePath place = PLACE.resolve(name);
    if (isComplete(place, listing)) {
      return name;
    }
    FatFiles.makeDirs(partition, PLACE);
    partition.removeIfThere(place);
    FatFiles.makeDirs(partition, place);
    try (Dir set = partition.openDir(place)) {
      for (BootFile file : files) {
        FatFiles.makeDirs(set, file.name().parent());
        try (FileHandle from = file.from().openFileInRoot(file.path())) {
          FatFiles.copy(from, set, file.name());
        }
      }
      for (BytePath directory : directories(files)) {
        FatFiles.sync(set, directory);
      }
      requireHeld(set, files, listing);
      FatFiles.replace(set, LISTING, listing);
    }
    FatFiles.sync(partition, PLACE);
    return name;
  }

  private static Set<BytePath> directories(List<BootFile> files) {
    Set<BytePath> directories = new TreeSet<>();
    files.forEach(file -> directories.add(file.name().parent()));
    directories.add(BytePath.ROOT);
    return directories;
  }

  /** What their directory is called, whether it is there or not. */
  static String name(List<BootFile> files) throws IOException {
    return name(listing(files).getBytes(UTF_8));
  }

  /** Whether the files are there already. */
  boolean has(List<BootFile> files) throws IOException {
    byte[] listing = listing(files).getBytes(UTF_8);
    return isComplete(PLACE.resolve(name(listing)), listing);
  }

  /** How much room they take, with what a FAT adds. */
  static long size(List<BootFile> files) throws IOException {
    long size = CLUSTER * (directories(files).size() + 1);
    for (BootFile file : files) {
      try (FileHandle from = file.from().openFileInRoot(file.path())) {
        size += (from.status().size() + CLUSTER - 1) / CLUSTER * CLUSTER;
      }
    }
    return size;
  }

  /** The listing is written when all else is on the disk; sizes show what was damaged since. */
  private boolean isComplete(BytePath place, byte[] listing) throws IOException {
    byte[] there = FatFiles.read(partition, place.resolve(LISTING), LISTING_LIMIT);
    if (!MessageDigest.isEqual(there, listing)) {
      return false;
    }
    for (String line : new String(listing, UTF_8).lines().toList()) {
      String[] fields = line.split(" ", 3);
      long size = Long.parseLong(fields[1]);
      if (partition
          .find(place.resolve(fields[2]))
          .filter(s -> s.type() == FileType.REGULAR && s.size() == size)
          .isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private static void requireHeld(Dir set, List<BootFile> files, byte[] listing)
      throws IOException {
    Map<BytePath, String> lines = new TreeMap<>();
    for (BootFile file : files) {
      lines.put(file.name(), line(file.name(), set, file.name(), true));
    }
    if (!String.join("", lines.values()).equals(new String(listing, UTF_8))) {
      throw new BootException(
          "The boot partition didn't keep the boot files as they were written",
          FatFiles.AS_IT_WAS,
          "The card or disk may be failing: replace it.");
    }
  }

  private static String listing(List<BootFile> files) throws IOException {
    Map<BytePath, String> lines = new TreeMap<>();
    for (BootFile file : files) {
      lines.put(file.name(), line(file.name(), file.from(), file.path(), false));
    }
    return String.join("", lines.values());
  }

  private static String line(BytePath name, Dir from, BytePath path, boolean fromDisk)
      throws IOException {
    MessageDigest digest = Digests.sha256();
    long size = 0;
    try (FileHandle file = from.openFileInRoot(path)) {
      FileStatus status = file.status();
      if (status.type() != FileType.REGULAR) {
        throw new BootException(
            path + ", which a boot needs, is no file",
            FatFiles.AS_IT_WAS,
            "Make the image with a file there.");
      }
      if (fromDisk) {
        file.dropCache();
      }
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
      while (file.read(buffer.clear(), size) > 0) {
        size += buffer.flip().remaining();
        digest.update(buffer);
      }
    }
    return "%s %d %s\n".formatted(HexFormat.of().formatHex(digest.digest()), size, name);
  }

  private static String name(byte[] listing) {
    return HexFormat.of().formatHex(Digests.sha256().digest(listing)).substring(0, DIGITS);
  }

  /** Removes those that no entry has, and what was left half made. */
  void sweep(Set<String> used) throws IOException {
    if (partition.find(PLACE).isEmpty()) {
      return;
    }
    try (Dir place = partition.openDir(PLACE)) {
      for (DirEntry entry : place.list()) {
        String name = entry.name().toString();
        if (entry.type() == FileType.DIRECTORY
            && name.matches("[0-9a-f]{" + DIGITS + "}")
            && !used.contains(name)) {
          place.removeTree(entry.name());
          place.sync();
        }
      }
    }
  }
}
