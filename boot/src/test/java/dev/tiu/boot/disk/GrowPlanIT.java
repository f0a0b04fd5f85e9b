package dev.tiu.boot.disk;

import static dev.tiu.boot.disk.LoopDisk.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Access;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An image that was written to a larger card, whose system runs. */
final class GrowPlanIT {
  private static final long MIB = 1 << 20;
  private static final long SMALL = 300 * MIB;
  private static final long LARGE = 700 * MIB;

  @TempDir Path directory;

  private static PartitionPlan plan(PartitionTable table) throws IOException {
    DiskShape shape =
        switch (table) {
          case GPT -> DiskShape.gpt(Architecture.X86_64);
          case MBR -> DiskShape.raspberryPi(Architecture.AARCH64);
        };
    DiskIds ids = LoopDisk.newIds();
    return PartitionPlan.of(shape.withBootSize(64 * MIB), ids, SMALL);
  }

  private LoopDisk card(PartitionPlan plan) throws IOException {
    LoopDisk card = LoopDisk.create(directory, SMALL);
    try (NewDisk disk = NewDisk.device(BlockDisk.of(card.path()), plan, Consent.none())) {
      disk.root().writeNew(BytePath.of("file"), new byte[] {'x'}, 0644);
      disk.commit();
    }
    card.enlarge(LARGE);
    run("partx", "--add", card.path().toString());
    return card;
  }

  private static Dir mount(LoopDisk card) throws IOException {
    return Mounts.detached("btrfs", card.partition(2), Map.of(), Access.WRITABLE);
  }

  @ParameterizedTest
  @EnumSource
  void partition_and_file_system_fill_the_larger_card(PartitionTable table) throws Exception {
    PartitionPlan plan = plan(table);
    try (LoopDisk card = card(plan)) {
      try (Dir top = mount(card)) {
        long before = top.space().totalBytes();
        GrowPlan grow = GrowPlan.of(card.path());
        assertThat(grow.grows()).isTrue();
        grow.growPartition();
        GrowPlan.growFileSystem(top);
        assertThat(top.space().totalBytes() - before).isBetween(399 * MIB, 405 * MIB);
        assertThat(top.readAll(BytePath.of("file"), 9)).containsExactly('x');
      }
      assertThat(run("sfdisk", "--verify", card.path().toString())).contains("No errors detected");
      run("btrfs", "check", "--readonly", card.partition(2).toString());
      assertThat(run("sfdisk", "--dump", card.path().toString()))
          .as("all else is as it was")
          .contains(
              table == PartitionTable.GPT
                  ? plan.ids().disk().toString().toUpperCase(java.util.Locale.ROOT)
                  : plan.ids().mbrHex())
          .containsPattern("start= +" + plan.root().offset() / 512 + ",");
    }
  }

  @ParameterizedTest
  @EnumSource
  void growing_again_changes_nothing(PartitionTable table) throws Exception {
    try (LoopDisk card = card(plan(table));
        Dir top = mount(card)) {
      GrowPlan.of(card.path()).growPartition();
      GrowPlan.growFileSystem(top);
      String dump = run("sfdisk", "--dump", card.path().toString());

      GrowPlan again = GrowPlan.of(card.path());
      assertThat(again.grows()).isFalse();
      assertThat(again.describe()).contains("has all", "that it can have");
      again.growPartition();
      GrowPlan.growFileSystem(top);
      assertThat(run("sfdisk", "--dump", card.path().toString())).isEqualTo(dump);
    }
  }

  /** Killed after each step, and started again from the beginning. */
  @Test
  void growing_that_was_cut_off_is_gone_on_with() throws Exception {
    try (LoopDisk card = card(plan(PartitionTable.GPT));
        Dir top = mount(card)) {
      Sfdisk.moveBackup(card.path());
      GrowPlan second = GrowPlan.of(card.path());
      assertThat(second.grows()).isTrue();
      Sfdisk.resize(card.path(), second.number(), second.start(), second.sectorsThen());

      GrowPlan third = GrowPlan.of(card.path());
      assertThat(third.grows()).as("the table is done").isFalse();
      long before = top.space().totalBytes();
      third.growPartition();
      GrowPlan.growFileSystem(top);
      assertThat(top.space().totalBytes()).as("kernel and btrfs were not").isGreaterThan(before);
    }
  }

  @Test
  void image_in_a_file_grows_too() throws Exception {
    Path image = directory.resolve("card.img");
    try (NewDisk disk = NewDisk.image(image, plan(PartitionTable.GPT), Consent.none())) {
      disk.commit();
    }
    run("truncate", "--size", Long.toString(LARGE), image.toString());
    GrowPlan grow = GrowPlan.of(image);
    assertThat(grow.describe()).endsWith("partition 2 grows from 234 MiB to 634 MiB");
    grow.growPartition();
    assertThat(run("sfdisk", "--verify", image.toString())).contains("No errors detected");
    assertThat(GrowPlan.of(image).grows()).isFalse();
  }

  @Test
  void disk_without_a_table_is_named() throws Exception {
    Path image = Files.write(directory.resolve("blank"), new byte[(int) MIB]);
    assertThatThrownBy(() -> GrowPlan.of(image))
        .hasMessageContaining("does not contain a recognized partition table");
  }
}
