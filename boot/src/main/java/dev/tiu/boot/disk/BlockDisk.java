package dev.tiu.boot.disk;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.MountEntry;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A whole disk of this machine, and what the kernel and old signatures say of it: {@code
 * /sys/dev/block} ({@code Documentation/ABI/stable/sysfs-block}), mounts, swaps, wipefs.
 */
public final class BlockDisk {
  private static final int BEGINNING = 1 << 20;
  private static final byte ERASED = (byte) 0xFF;

  private final Path path;
  private final Path real;
  private final Path sysfs;

  private BlockDisk(Path path, Path real, Path sysfs) {
    this.path = path;
    this.real = real;
    this.sysfs = sysfs;
  }

  /**
   * Looks at a disk, by any name that it has in {@code /dev}.
   *
   * @throws NotADiskException if it is no block device, a partition, or read-only
   */
  public static BlockDisk of(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NotADiskException(path, "doesn't exist");
    }
    Path real = path.toRealPath();
    FileStatus status = status(real);
    if (status.type() != FileType.BLOCK_DEVICE) {
      throw new NotADiskException(path, "is no block device");
    }
    Path sysfs =
        Path.of("/sys/dev/block", status.rdevMajor() + ":" + status.rdevMinor()).toRealPath();
    if (Files.exists(sysfs.resolve("partition"))) {
      throw new NotADiskException(
          path,
          "is a partition; give the whole disk: /dev/"
              + sysfs.resolve("..").normalize().getFileName());
    }
    if (read(sysfs.resolve("ro")).equals("1")) {
      throw new NotADiskException(path, "is write-protected");
    }
    return new BlockDisk(path, real, sysfs);
  }

  /** Of a path without links. */
  private static FileStatus status(Path file) throws IOException {
    try (Dir root = Dir.open(Path.of("/"))) {
      return root.status(BytePath.of(file.toString().substring(1)));
    }
  }

  /** Whether the path leads to a block device, rather than to an image in a file. */
  static boolean isDevice(Path path) throws IOException {
    return status(path.toRealPath()).type() == FileType.BLOCK_DEVICE;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file).strip();
  }

  /** As it was named. */
  public Path path() {
    return path;
  }

  /** In bytes. */
  public long size() throws IOException {
    return Long.parseLong(read(sysfs.resolve("size"))) * 512;
  }

  /**
   * Sees to it that nothing is lost that anybody wants.
   *
   * @throws DiskInUseException if it is mounted, swapped to, or part of something
   * @throws DiskHoldsDataException if there is anything on it, and no consent
   */
  public void requireFree(Consent consent) throws IOException {
    List<String> uses = uses();
    if (!uses.isEmpty()) {
      throw new DiskInUseException(path, uses);
    }
    List<String> content = content();
    if (!content.isEmpty() && !consent.covers(path)) {
      throw new DiskHoldsDataException(path, content, consent);
    }
  }

  /** What uses it or a partition of it; empty if nothing is known that does. */
  public List<String> uses() throws IOException {
    List<String> uses = new ArrayList<>();
    for (Path node : nodes()) {
      for (MountEntry mount : Mounts.mounted()) {
        if (isSame(mount.source(), node)) {
          uses.add("%s is mounted on %s".formatted(node, mount.mountPoint()));
        }
      }
      if (swaps().anyMatch(swap -> isSame(swap, node))) {
        uses.add("%s is used for swapping".formatted(node));
      }
      for (String holder : holders(node)) {
        uses.add("%s is part of /dev/%s".formatted(node, holder));
      }
    }
    return uses;
  }

  private static boolean isSame(String source, Path node) {
    if (!source.startsWith("/")) {
      return false;
    }
    try {
      return Path.of(source).toRealPath().equals(node);
    } catch (IOException e) {
      return source.equals(node.toString());
    }
  }

  private static Stream<String> swaps() throws IOException {
    return Files.readAllLines(Path.of("/proc/swaps")).stream()
        .skip(1)
        .map(line -> line.split("\\s+", -1)[0]);
  }

  private List<String> holders(Path node) throws IOException {
    Path directory = node.equals(real) ? sysfs : sysfs.resolve(node.getFileName().toString());
    Path holders = directory.resolve("holders");
    if (!Files.isDirectory(holders)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(holders)) {
      return list.map(holder -> holder.getFileName().toString()).sorted().toList();
    }
  }

  /**
   * What signatures there are on it and on its partitions, or that its beginning isn't blank; empty
   * on a blank disk.
   */
  public List<String> content() throws IOException {
    List<String> content = new ArrayList<>();
    for (Path node : nodes()) {
      String found =
          Command.of(
                  "wipefs", "--no-act", "--noheadings", "--output", "TYPE,LABEL", node.toString())
              .run()
              .text();
      found
          .lines()
          .map(line -> line.strip().replaceAll("\\s+", " "))
          .distinct()
          .forEach(signature -> content.add(node + ": " + signature));
    }
    if (content.isEmpty() && !beginsBlank()) {
      content.add(real + ": data of an unknown kind");
    }
    return content;
  }

  /** As a disk does that was never written to: zeros, or the ones of an erased flash. */
  private boolean beginsBlank() throws IOException {
    byte[] beginning;
    try (InputStream disk = Files.newInputStream(real)) {
      beginning = disk.readNBytes(BEGINNING);
    }
    for (byte one : beginning) {
      if (one != beginning[0] || (one != 0 && one != ERASED)) {
        return false;
      }
    }
    return true;
  }

  /** The disk's device node, then those of its partitions. */
  private List<Path> nodes() throws IOException {
    List<Path> nodes = new ArrayList<>(List.of(real));
    try (Stream<Path> list = Files.list(sysfs)) {
      list.filter(entry -> Files.exists(entry.resolve("partition")))
          .map(entry -> real.resolveSibling(entry.getFileName().toString()))
          .filter(Files::exists)
          .sorted()
          .forEach(nodes::add);
    }
    return nodes;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
