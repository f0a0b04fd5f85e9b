package dev.tiu.boot.disk;

import static dev.tiu.boot.disk.LoopDisk.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.BlockDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BlockDiskIT {
  private static final long SIZE = 300L << 20;

  @TempDir Path directory;
  private LoopDisk loop;
  private BlockDisk disk;

  @BeforeEach
  void attach() throws Exception {
    loop = LoopDisk.create(directory, SIZE);
    disk = BlockDisk.of(loop.path());
  }

  @AfterEach
  void detach() throws Exception {
    loop.close();
  }

  @Test
  void blank_disk_is_free() throws Exception {
    disk.requireFree(Consent.none());
    assertThat(disk.size()).isEqualTo(SIZE);
  }

  @Test
  void file_system_needs_a_consent_that_names_the_disk() throws Exception {
    run("mkfs.btrfs", "--quiet", "--label", "photos", loop.path().toString());
    assertThatThrownBy(() -> disk.requireFree(Consent.none()))
        .isInstanceOf(DiskHoldsDataException.class)
        .hasMessageStartingWith(
            "%1$s holds data: %1$s: btrfs photos. All of it would be lost.".formatted(loop.path()));
    assertThatThrownBy(() -> disk.requireFree(Consent.toLose("/dev/sdz")))
        .hasMessageEndingWith("The consent names /dev/sdz, and not " + loop.path());
    disk.requireFree(Consent.toLose(loop.path().toString()));
  }

  @Test
  void data_that_no_tool_knows_needs_it_too() throws Exception {
    Files.write(loop.path(), new byte[] {1}, StandardOpenOption.WRITE);
    assertThat(disk.content()).containsExactly(loop.path() + ": data of an unknown kind");
  }

  @Test
  void what_is_on_partitions_is_told_too() throws Exception {
    partition();
    run("mkfs.vfat", "-F", "32", "-n", "KEEPME", loop.partition(1).toString());
    assertThat(disk.content()).anyMatch(line -> line.equals(loop.path() + ": gpt"));
    assertThat(disk.content()).anyMatch(line -> line.equals(loop.partition(1) + ": vfat KEEPME"));
  }

  private void partition() throws Exception {
    DiskIds ids = DiskIds.random(new Random(3));
    DiskShape shape = DiskShape.gpt(Architecture.X86_64).withBootSize(64 << 20);
    Sfdisk.write(loop.path(), PartitionPlan.of(shape, ids, SIZE));
    run("partx", "--add", loop.path().toString());
  }

  @Test
  void mounted_partition_cannot_be_forced() throws Exception {
    partition();
    run("mkfs.btrfs", "--quiet", "--force", loop.partition(2).toString());
    Path mountPoint = Files.createDirectory(directory.resolve("mnt"));
    run("mount", loop.partition(2).toString(), mountPoint.toString());
    try {
      assertThatThrownBy(() -> disk.requireFree(Consent.toLose(loop.path().toString())))
          .isInstanceOf(DiskInUseException.class)
          .hasMessageContaining("%s is mounted on %s", loop.partition(2), mountPoint);
    } finally {
      run("umount", mountPoint.toString());
    }
    disk.requireFree(Consent.toLose(loop.path().toString()));
  }

  @Test
  void swap_cannot_be_forced() throws Exception {
    run("mkswap", loop.path().toString());
    run("swapon", loop.path().toString());
    try {
      assertThatThrownBy(() -> disk.requireFree(Consent.toLose(loop.path().toString())))
          .isInstanceOf(DiskInUseException.class)
          .hasMessageContaining("is used for swapping");
    } finally {
      run("swapoff", loop.path().toString());
    }
  }

  @Test
  void disk_that_another_program_has_for_itself_is_in_use() throws Exception {
    PartitionPlan plan =
        PartitionPlan.of(
            DiskShape.gpt(Architecture.X86_64).withBootSize(64 << 20),
            DiskIds.random(new Random(3)),
            SIZE);
    try (BlockDevice taken = BlockDevice.claim(loop.path())) {
      assertThat(taken.size()).isEqualTo(SIZE);
      assertThatThrownBy(() -> NewDisk.device(disk, plan, Consent.none()))
          .isInstanceOf(DiskInUseException.class)
          .hasMessageContaining("a program has it for itself");
    }
  }

  @Test
  void what_is_no_whole_disk_is_refused() throws Exception {
    partition();
    assertThatThrownBy(() -> BlockDisk.of(loop.partition(1)))
        .isInstanceOf(NotADiskException.class)
        .hasMessage("%sp1 is a partition; give the whole disk: %1$s".formatted(loop.path()));
    assertThatThrownBy(() -> BlockDisk.of(loop.file()))
        .hasMessage(loop.file() + " is no block device");
    assertThatThrownBy(() -> BlockDisk.of(Path.of("/dev/nothing-of-that-name")))
        .hasMessage("/dev/nothing-of-that-name doesn't exist");
  }

  @Test
  void disk_is_known_by_a_link_too() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("by-id"), loop.path());
    run("mkfs.btrfs", "--quiet", loop.path().toString());
    BlockDisk linked = BlockDisk.of(link);
    assertThat(linked.content()).hasSize(1);
    linked.requireFree(Consent.toLose(link.toString()));
  }
}
