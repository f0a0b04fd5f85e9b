package dev.tiu.boot.disk;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the last partition of a disk, and the btrfs in it, become as large as the disk lets them: of
 * an image that was written to a larger card.
 *
 * <pre>
 *    step                                             cut off after it
 * 1  a GPT's copy goes to the disk's end              the table says what it said; again from 1
 * 2  the partition's entry gets its new size          the file system fills less than its partition
 * 3  the kernel learns that size                      the same; a reboot does this step too
 * 4  btrfs grows to its device, in one transaction    done
 * </pre>
 *
 * <p>Nothing is ever moved or made smaller, and each step may be made again. So the same command,
 * run at the next boot, does what is left.
 *
 * @param number of the partition
 * @param start in sectors
 * @param sectorsNow what it has
 * @param sectorsThen what it can have; no less
 */
public record GrowPlan(
    Path disk,
    PartitionTable table,
    int sectorSize,
    int number,
    long start,
    long sectorsNow,
    long sectorsThen) {

  /**
   * Looks at a disk, or at an image in a file.
   *
   * @throws GrowException if it has no partitions, or a table that isn't known
   */
  public static GrowPlan of(Path disk) throws IOException {
    FoundTable found = Sfdisk.read(disk);
    FoundTable.Entry last = found.last();
    long end = PartitionPlan.usableEnd(found.kind(), size(disk)) / found.sectorSize();
    return new GrowPlan(
        disk,
        found.kind(),
        found.sectorSize(),
        last.number(),
        last.start(),
        last.sectors(),
        Math.max(last.sectors(), end - last.start()));
  }

  /**
   * Looks at the disk that a partition is on.
   *
   * @param partition its device, by any name
   * @throws GrowException if that is no partition, or not the last one
   */
  public static GrowPlan ofPartition(Path partition) throws IOException {
    Path sysfs =
        Path.of("/sys/class/block", partition.toRealPath().getFileName().toString()).toRealPath();
    Path number = sysfs.resolve("partition");
    if (!Files.exists(number)) {
      throw new GrowException(
          "%s is no partition of a disk, so that tiu doesn't know how to make it larger. Nothing was"
                  .formatted(partition)
              + " changed; enlarge it by the tools that made it, then the file system with"
              + " `btrfs filesystem resize max`");
    }
    Path disk = Path.of("/dev", sysfs.resolve("..").normalize().getFileName().toString());
    GrowPlan plan = of(disk);
    if (plan.number() != Integer.parseInt(Files.readString(number).strip())) {
      throw new GrowException(
          "%s isn't the last partition of %s: partition %d comes after it. Nothing was changed; only"
                  .formatted(partition, disk, plan.number())
              + " what has free room behind it can grow");
    }
    return plan;
  }

  private static long size(Path disk) throws IOException {
    return BlockDisk.isDevice(disk) ? BlockDisk.of(disk).size() : Files.size(disk);
  }

  /** Whether the partition can be larger. */
  public boolean grows() {
    return sectorsThen > sectorsNow;
  }

  /** For people: what it has and will have. */
  public String describe() {
    long now = sectorsNow * sectorSize / DiskShape.MIB;
    long then = sectorsThen * sectorSize / DiskShape.MIB;
    return grows()
        ? "%s: partition %d grows from %d MiB to %d MiB".formatted(disk, number, now, then)
        : "%s: partition %d has all %d MiB that it can have".formatted(disk, number, now);
  }

  /** Steps 1 to 3; also on a disk that is in use, but for its table. */
  public void growPartition() throws IOException {
    if (grows()) {
      if (table == PartitionTable.GPT) {
        Sfdisk.moveBackup(disk);
      }
      Sfdisk.resize(disk, number, start, sectorsThen);
    }
    if (BlockDisk.isDevice(disk)) {
      tellKernel();
    }
  }

  /** Of a disk of which it makes no partitions there is nothing to tell it. */
  private void tellKernel() throws IOException {
    Path sysfs = Path.of("/sys/class/block", disk.toRealPath().getFileName().toString());
    try (var entries = Files.list(sysfs)) {
      if (entries.noneMatch(entry -> Files.exists(entry.resolve("partition")))) {
        return;
      }
    }
    Command.of("partx", "--update", "--nr", Integer.toString(number), disk.toString()).run();
  }

  /**
   * Step 4.
   *
   * @param any directory of the btrfs on that partition, mounted writable
   */
  public static void growFileSystem(Dir any) throws IOException {
    Btrfs.growToDevice(any);
    Btrfs.sync(any);
  }
}
