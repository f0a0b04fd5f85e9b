package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.boot.disk.Architecture;
import dev.tiu.boot.disk.BlockDisk;
import dev.tiu.boot.disk.Consent;
import dev.tiu.boot.disk.DiskIds;
import dev.tiu.boot.disk.DiskShape;
import dev.tiu.boot.disk.NewDisk;
import dev.tiu.boot.disk.PartitionPlan;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import dev.tiu.linux.testing.Partitions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A card of 300 MiB that became one of 700 MiB. */
final class GrowCommandIT {
  private static final Tiu TIU = Tiu.now();
  private static final long MIB = 1 << 20;

  @TempDir private Path directory;
  private Path top;
  private String card;

  @BeforeEach
  void writeSmallImageToLargerCard() throws IOException {
    Path file = directory.resolve("card");
    run("truncate", "--size", "300M", file.toString());
    card = run("losetup", "--find", "--show", file.toString());
    DiskShape shape = DiskShape.raspberryPi(Architecture.AARCH64).withBootSize(64 * MIB);
    PartitionPlan plan = PartitionPlan.of(shape, DiskIds.random(new SecureRandom()), 300 * MIB);
    try (NewDisk disk = NewDisk.device(BlockDisk.of(Path.of(card)), plan, Consent.none())) {
      Btrfs.createSubvolume(disk.root(), BytePath.of("@"));
      disk.root().makeDir(BytePath.of("@/var"), 0755);
      GrowStamp.put(disk.root());
      disk.commit();
    }
    run("truncate", "--size", "700M", file.toString());
    run("losetup", "--set-capacity", card);
    run("partx", "--add", card);
    top = Files.createDirectory(directory.resolve("top"));
    run("mount", "-o", "subvolid=5", card + "p2", top.toString());
  }

  @AfterEach
  void takeCardOut() throws IOException {
    run("umount", top.toString());
    Partitions.forget(Path.of(card));
    run("losetup", "--detach", card);
  }

  private static String run(String... argv) throws IOException {
    return Command.of(argv).run().text().strip();
  }

  private long size() throws IOException {
    return Long.parseLong(
        run("df", "--block-size=1M", "--output=size", "" + top).split("\n", -1)[1].strip());
  }

  @Test
  void system_fills_the_card_and_the_stamp_goes() throws Exception {
    assertThat(top.resolve("@/var/lib/tiu/grow")).exists();
    String says = card + ": partition 2 grows from 232 MiB to 632 MiB";
    Tiu.Outcome check = TIU.run("grow", "--sysroot", top, "--check").orFail();
    assertThat(check.out()).isEqualTo(says + "\n");
    assertThat(size()).isEqualTo(232);

    Tiu.Outcome grown = TIU.run("grow", "--sysroot", top).orFail();
    assertThat(grown.out()).startsWith(says + "\nThe file system grew from ");
    assertThat(size()).isEqualTo(632);
    assertThat(top.resolve("@/var/lib/tiu/grow")).doesNotExist();

    Tiu.Outcome again = TIU.run("grow", "--sysroot", top).orFail();
    assertThat(again.out()).contains("has all 632 MiB that it can have", "has all of it");
  }

  /** As after a cut between the partition's growth and the file system's. */
  @Test
  void half_of_it_is_finished_by_the_next_one() throws Exception {
    run("bash", "-c", "echo ', +' | sfdisk --no-reread --partno 2 --force " + card);
    run("partx", "--update", "--nr", "2", card);
    assertThat(size()).isEqualTo(232);
    TIU.run("grow", "--sysroot", top).orFail();
    assertThat(size()).isEqualTo(632);
  }

  @Test
  void partition_with_another_one_behind_it_stays() throws Exception {
    run(
        "bash",
        "-c",
        "echo 'start=400MiB, size=64MiB' | sfdisk --no-reread --append --force " + card);
    run("partx", "--add", "--nr", "3", card);
    Tiu.Outcome outcome = TIU.run("grow", "--sysroot", top);
    assertThat(outcome.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(outcome.err()).contains("partition 3 comes after it. Nothing was changed");
    assertThat(size()).isEqualTo(232);
  }

  @Test
  void btrfs_that_is_on_no_partition_is_left_alone() throws Exception {
    try (BtrfsDisk plain = BtrfsDisk.create(256 << 20)) {
      Tiu.Outcome outcome = TIU.run("grow", "--sysroot", plain.mountPoint());
      assertThat(outcome.code()).isEqualTo(ExitCode.DEVICE);
      assertThat(outcome.err()).contains("is no partition of a disk", "Nothing was changed");
    }
  }
}
