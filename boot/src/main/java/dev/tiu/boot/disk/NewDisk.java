package dev.tiu.boot.disk;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.LoopDevice;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A disk in the making: nobody sees it before {@link #commit}, and unless that is called {@link
 * #close} takes it away again.
 *
 * <pre>
 * 1  the file is made, or what the device was is forgotten
 * 2  FAT and btrfs are made in their ranges; the btrfs is mounted where no path shows it
 * 3  the caller fills the btrfs through {@link #root}, then the FAT by {@link #fillBoot}
 * 4  commit: btrfs synced and unmounted; both ranges on the medium
 * 5          what a BIOS starts; the partition table; of a file the block map; all synced
 * 6          the file gets its name, the kernel reads the device's table
 * </pre>
 *
 * <p>Both file systems are on loop devices that show their partition's range. So it doesn't matter
 * whether the kernel makes partitions of this disk, nor when.
 */
public final class NewDisk implements AutoCloseable {
  private final Target target;
  private final PartitionPlan plan;
  private final OpenRanges ranges;
  private Optional<BiosCode> code = Optional.empty();
  private boolean done;

  private NewDisk(Target target, PartitionPlan plan, OpenRanges ranges) {
    this.target = target;
    this.plan = plan;
    this.ranges = ranges;
  }

  /**
   * Begins an image in a file, of the size that was planned for.
   *
   * @throws DiskHoldsDataException if there is such a file already, and no consent
   */
  public static NewDisk image(Path file, PartitionPlan plan, Consent consent) throws IOException {
    return on(ImageTarget.create(file, plan.diskSize(), consent), plan);
  }

  /**
   * Begins on a disk of this machine; from now on what was on it is lost.
   *
   * @param plan for the size that the disk has
   * @throws DiskInUseException if anything uses it
   * @throws DiskHoldsDataException if there is anything on it, and no consent
   */
  public static NewDisk device(BlockDisk disk, PartitionPlan plan, Consent consent)
      throws IOException {
    if (plan.diskSize() != disk.size()) {
      throw new IllegalArgumentException(
          "a plan for %d bytes, and a disk of %d".formatted(plan.diskSize(), disk.size()));
    }
    return on(DeviceTarget.take(disk, consent), plan);
  }

  private static NewDisk on(Target target, PartitionPlan plan) throws IOException {
    try {
      return new NewDisk(target, plan, OpenRanges.make(target.path(), plan));
    } catch (IOException e) {
      IOException explained = target.explain(e);
      try {
        target.abandon();
      } catch (IOException also) {
        explained.addSuppressed(also);
      }
      throw explained;
    }
  }

  /** The plan that it is made by. */
  public PartitionPlan plan() {
    return plan;
  }

  /**
   * The top level of the btrfs, writable and not yet on any path. It is this disk's; what is opened
   * through it has to be closed before {@link #commit}.
   */
  public Dir root() {
    return ranges.top();
  }

  /** The btrfs as a block device, to mount it where a path is needed. */
  public Path rootDevice() {
    return ranges.rootDevice();
  }

  /**
   * Copies a directory's content to the boot partition, and checks that it is there: by fsck.vfat,
   * and byte by byte. Once only.
   *
   * @throws BootTreeException if a FAT can't hold it
   * @throws BootPartitionFullException if there isn't room; nothing was copied
   */
  public void fillBoot(Path directory) throws IOException {
    try {
      ranges.fat().fill(directory);
    } catch (IOException e) {
      throw target.explain(e);
    }
  }

  /**
   * Has a BIOS start it too.
   *
   * @throws IllegalStateException if there is no partition for it
   */
  public void embed(BiosCode bios) {
    if (plan.bios().isEmpty()) {
      throw new IllegalStateException("planned without a partition for what a BIOS starts");
    }
    code = Optional.of(bios);
  }

  /** Makes it a disk that others see, whole and on the medium when this returns. */
  public void commit() throws IOException {
    try {
      ranges.finish();
      target.commit(plan, code);
      done = true;
    } catch (IOException e) {
      throw target.explain(e);
    }
  }

  /** Removes what wasn't committed; of a device, what could be taken for a table. */
  @Override
  public void close() throws IOException {
    if (!done) {
      done = true;
      ranges.close();
      target.abandon();
    }
  }

  /** Both file systems, and what is open for them. */
  private record OpenRanges(LoopDevice boot, LoopDevice root, FatFileSystem fat, Dir top)
      implements AutoCloseable {

    static OpenRanges make(Path disk, PartitionPlan plan) throws IOException {
      LoopDevice boot = attach(disk, plan.boot());
      boolean made = false;
      try {
        LoopDevice root = attach(disk, plan.root());
        try {
          FatFileSystem fat = FatFileSystem.make(boot, plan);
          makeBtrfs(root, plan);
          Map<String, String> topLevel = Map.of("subvolid", Long.toString(Btrfs.TOP_LEVEL));
          Dir top = Mounts.detached("btrfs", root.path(), topLevel, Access.WRITABLE);
          made = true;
          return new OpenRanges(boot, root, fat, top);
        } finally {
          if (!made) {
            root.close();
          }
        }
      } finally {
        if (!made) {
          boot.close();
        }
      }
    }

    /** Without what an older disk may have left at this place. */
    private static LoopDevice attach(Path disk, Partition partition) throws IOException {
      LoopDevice device =
          LoopDevice.attach(disk, Access.WRITABLE, partition.offset(), partition.size());
      boolean clean = false;
      try {
        Command.of("wipefs", "--all", "--quiet", device.path().toString()).run();
        clean = true;
        return device;
      } finally {
        if (!clean) {
          device.close();
        }
      }
    }

    private static void makeBtrfs(LoopDevice device, PartitionPlan plan) throws IOException {
      Command.of(
              "mkfs.btrfs",
              "--quiet",
              "--uuid",
              plan.ids().btrfs().toString(),
              "--label",
              plan.shape().rootLabel(),
              device.path().toString())
          .run();
      // What didn't get to the medium shows here, and not in the middle of an installation.
      device.flush();
    }

    Path rootDevice() {
      return root.path();
    }

    void finish() throws IOException {
      top.syncFileSystem();
      top.close();
      root.flush();
      boot.flush();
      root.close();
      boot.close();
    }

    @Override
    public void close() {
      top.close();
      root.close();
      boot.close();
    }
  }
}
