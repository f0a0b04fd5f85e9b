package dev.tiu.boot.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PartitionPlanTest {
  private static final long MIB = 1 << 20;
  private static final DiskIds IDS = DiskIds.random(new Random(1));

  @Test
  void gpt_leaves_room_for_the_table_and_its_copy() throws Exception {
    DiskShape shape = DiskShape.gpt(Architecture.X86_64).withBootSize(256 * MIB);
    PartitionPlan plan = PartitionPlan.of(shape, IDS, 2048 * MIB + 512);
    assertThat(plan.boot().offset()).isEqualTo(MIB);
    assertThat(plan.boot().size()).isEqualTo(256 * MIB);
    assertThat(plan.root().offset()).isEqualTo(257 * MIB);
    assertThat(plan.root().end()).isEqualTo(2047 * MIB);
  }

  @Test
  void what_a_bios_starts_lies_before_the_boot_partition() throws Exception {
    DiskShape shape = DiskShape.gpt(Architecture.X86_64).withBootSize(256 * MIB).withBios();
    PartitionPlan plan = PartitionPlan.of(shape, IDS, 2048 * MIB);
    Partition bios = plan.bios().orElseThrow();
    assertThat(bios.offset()).isEqualTo(MIB);
    assertThat(bios.size()).isEqualTo(MIB);
    assertThat(bios.type()).isEqualTo("21686148-6449-6E6F-744E-656564454649");
    assertThat(plan.boot().offset()).isEqualTo(2 * MIB);
    assertThat(plan.boot().number()).isEqualTo(2);
    assertThat(plan.root().offset()).isEqualTo(258 * MIB);
    assertThat(plan.root().number()).isEqualTo(3);
    assertThat(plan.script().lines().toList().get(2)).contains("start=1MiB, size=1MiB");
  }

  @Test
  void mbr_has_no_partition_for_what_a_bios_starts() {
    DiskShape card = DiskShape.raspberryPi(Architecture.AARCH64);
    assertThatThrownBy(card::withBios).hasMessageContaining("only a GPT");
  }

  @Test
  void card_is_aligned_to_its_erase_blocks() throws Exception {
    DiskShape shape = DiskShape.raspberryPi(Architecture.AARCH64).withBootSize(255 * MIB);
    PartitionPlan plan = PartitionPlan.of(shape, IDS, 1023 * MIB);
    assertThat(plan.boot().offset()).isEqualTo(4 * MIB);
    assertThat(plan.boot().size()).isEqualTo(256 * MIB);
    assertThat(plan.root().offset()).isEqualTo(260 * MIB);
    assertThat(plan.root().end()).isEqualTo(1020 * MIB);
  }

  @Test
  void disk_that_is_too_small_says_how_much_is_needed() throws Exception {
    DiskShape shape =
        DiskShape.gpt(Architecture.X86_64).withBootSize(256 * MIB).withLeastRoot(1000 * MIB);
    assertThatThrownBy(() -> PartitionPlan.of(shape, IDS, 1257 * MIB))
        .hasMessage(
            "the disk has 1257 MiB and needs 1258 MiB; take a larger one, or a smaller boot"
                + " partition")
        .asInstanceOf(type(DiskTooSmallException.class))
        .extracting(DiskTooSmallException::needed)
        .isEqualTo(1258 * MIB);
    assertThat(PartitionPlan.of(shape, IDS, 1258 * MIB).root().size()).isEqualTo(1000 * MIB);
  }

  @Test
  void mbr_ends_where_its_numbers_do() throws Exception {
    DiskShape shape = DiskShape.raspberryPi(Architecture.AARCH64);
    PartitionPlan plan = PartitionPlan.of(shape, IDS, 3L << 40);
    assertThat(plan.root().end()).isEqualTo((2L << 40) - 4 * MIB);
  }

  @Test
  void root_has_the_type_of_its_architecture() throws Exception {
    PartitionPlan plan =
        PartitionPlan.of(DiskShape.gpt(Architecture.of("aarch64")), IDS, 1024 * MIB);
    assertThat(plan.root().type()).isEqualTo("B921B045-1DF0-41C3-AF44-4C6F280D3FAE");
    assertThatThrownBy(() -> Architecture.of("mips64"))
        .hasMessageContaining("no partition type is known for a root of mips64");
  }

  @Test
  void script_is_the_same_for_the_same_ids() throws Exception {
    DiskIds ids =
        new DiskIds(new UUID(1, 1), new UUID(2, 2), new UUID(3, 3), 4, new UUID(5, 5), IDS.disk());
    DiskShape shape = DiskShape.gpt(Architecture.X86_64);
    assertThat(PartitionPlan.of(shape, ids, 1024 * MIB).script())
        .isEqualTo(
            """
            label: gpt
            label-id: 00000000-0000-0001-0000-000000000001
            start=1MiB, size=512MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B,\
             uuid=00000000-0000-0002-0000-000000000002, name="boot"
            start=513MiB, size=510MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709,\
             uuid=00000000-0000-0003-0000-000000000003, name="root"
            """);
  }

  @ParameterizedTest
  @ValueSource(longs = {34, 64, 128, 255, 256, 257, 300, 511, 512, 1024, 4096})
  void fat_of_any_size_has_enough_clusters_for_a_fat32(long mib) {
    int sectors = FatGeometry.sectorsPerCluster(mib * MIB);
    long withoutTables = mib * MIB - 32 * 512;
    assertThat(withoutTables / (sectors * 512 + 8)).isGreaterThan(65525);
    assertThat(sectors).isBetween(1, 8);
  }

  @Test
  void boot_partition_that_is_no_fat32_is_refused() {
    DiskShape shape = DiskShape.gpt(Architecture.X86_64);
    assertThatThrownBy(() -> shape.withBootSize(33 * MIB))
        .hasMessageContaining("a FAT32 has 34 MiB at least");
  }

  @Test
  void random_ids_are_uuids_of_version_4_and_all_different() {
    DiskIds ids = DiskIds.random(new Random(7));
    assertThat(ids.disk().version()).isEqualTo(4);
    assertThat(ids.btrfs().variant()).isEqualTo(2);
    assertThat(ids).isNotEqualTo(DiskIds.random(new Random(8)));
    assertThat(ids).isEqualTo(DiskIds.random(new Random(7)));
  }

  @Test
  void fat_is_named_as_linux_names_it() {
    DiskIds ids =
        new DiskIds(new UUID(0, 0), new UUID(0, 0), new UUID(0, 0), 0x1ab, IDS.btrfs(), IDS.disk());
    assertThat(ids.fatUuid()).isEqualTo("0000-01AB");
    assertThat(ids.mbrHex()).as("0 would be none").isEqualTo("0x00000001");
  }
}
