package dev.tiu.boot.disk;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A FAT32 that is made and filled without being mounted, so also where the kernel has no driver for
 * it: by mkfs.vfat and mtools.
 */
final class FatFileSystem {
  /** mtools find geometries suspicious that are none on a disk of this century. */
  private static final Map<String, String> MTOOLS = Map.of("MTOOLS_SKIP_CHECK", "1");

  private final LoopDevice device;
  private final FatGeometry geometry;

  private FatFileSystem(LoopDevice device, FatGeometry geometry) {
    this.device = device;
    this.geometry = geometry;
  }

  /** Makes an empty one on the device, which is all of the boot partition. */
  static FatFileSystem make(LoopDevice device, PartitionPlan plan) throws IOException {
    Command.of(
            "mkfs.vfat",
            "-F",
            "32",
            "-s",
            Integer.toString(FatGeometry.sectorsPerCluster(plan.boot().size())),
            "-n",
            plan.shape().bootLabel(),
            "-i",
            plan.ids().fatHex(),
            // Where it begins on the disk, which firmware of PCs may ask for.
            "-h",
            Long.toString(plan.boot().offset() / 512),
            device.path().toString())
        .run();
    FatGeometry geometry = FatGeometry.read(device.path());
    if (geometry.clusters() < FatGeometry.LEAST_FAT32_CLUSTERS) {
      throw new IOException(
          "mkfs.vfat made a file system of %d clusters, which firmware takes for a FAT16"
              .formatted(geometry.clusters()));
    }
    return new FatFileSystem(device, geometry);
  }

  /**
   * Copies a tree into the empty file system, and checks that it is there as it should.
   *
   * @throws BootTreeException if a FAT can't hold it
   * @throws BootPartitionFullException if there isn't room
   */
  void fill(Path directory) throws IOException {
    BootTree tree = BootTree.read(directory);
    long needed = tree.clusters(geometry);
    if (needed > geometry.clusters()) {
      throw new BootPartitionFullException(
          needed * geometry.clusterSize(), geometry.clusters() * geometry.clusterSize());
    }
    if (!tree.top().isEmpty()) {
      copyIn(tree.top());
    }
    // What is looked at now comes from the medium, not from memory.
    device.flush();
    check();
    compare(tree);
  }

  private void copyIn(List<Path> paths) throws IOException {
    List<String> argv = new ArrayList<>(mcopy("-m", "-o"));
    paths.forEach(path -> argv.add(path.toAbsolutePath().toString()));
    argv.add("::/");
    Command.of(argv).environment(MTOOLS).run();
  }

  /** By fsck.vfat, which changes nothing and fails where it would. */
  private void check() throws IOException {
    Command.of("fsck.vfat", "-n", device.path().toString()).run();
  }

  private void compare(BootTree tree) throws IOException {
    Path copy = Files.createTempDirectory("tiu-boot");
    try {
      if (!tree.top().isEmpty()) {
        List<String> argv = new ArrayList<>(mcopy("-n"));
        argv.add("::/*");
        argv.add(copy.toString());
        Command.of(argv).environment(MTOOLS).run();
      }
      tree.requireSame(copy);
    } finally {
      remove(copy);
    }
  }

  /** Trees, without questions, on this device. */
  private List<String> mcopy(String... options) {
    List<String> argv = new ArrayList<>(List.of("mcopy", "-s", "-Q"));
    argv.addAll(List.of(options));
    argv.addAll(List.of("-i", device.path().toString()));
    return argv;
  }

  private static void remove(Path tree) throws IOException {
    try (Dir parent = Dir.open(tree.resolveSibling("."))) {
      parent.removeTree(BytePath.of(tree.getFileName().toString()));
    }
  }
}
