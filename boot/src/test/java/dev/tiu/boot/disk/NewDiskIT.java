package dev.tiu.boot.disk;

import static dev.tiu.boot.disk.LoopDisk.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.LoopDevice;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images and devices, as the tools of others see them. */
final class NewDiskIT {
  private static final long MIB = 1 << 20;
  private static final long SIZE = 400 * MIB;

  @TempDir Path directory;
  private Path image;
  private Path bootFiles;

  @BeforeEach
  void makeBootFiles() throws IOException {
    image = directory.resolve("card.img");
    bootFiles = Files.createDirectory(directory.resolve("boot-files"));
    write("config.txt", "kernel=kernel8.img\n");
    write("overlays/README", "overlays");
    write("tiu/4f2c9a/bcm2711-rpi-4-b.dtb", "device tree");
    write("tiu/4f2c9a/a file with a long name and Umläuten.txt", "long");
    write("empty", "");
    Files.createDirectory(bootFiles.resolve("nothing in it"));
  }

  private void write(String name, String content) throws IOException {
    Path file = bootFiles.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** Of the loop devices on this machine, those of files of this test. */
  @AfterEach
  void no_loop_device_is_left() throws IOException {
    assertThat(run("losetup", "--list", "--noheadings", "--output", "BACK-FILE"))
        .doesNotContain(directory.toString());
  }

  private static PartitionPlan plan(DiskShape shape) throws IOException {
    return plan(shape, SIZE);
  }

  private static PartitionPlan plan(DiskShape shape, long size) throws IOException {
    DiskIds ids = LoopDisk.newIds();
    return PartitionPlan.of(shape.withBootSize(64 * MIB), ids, size);
  }

  private void make(PartitionPlan plan) throws IOException {
    try (NewDisk disk = NewDisk.image(image, plan, Consent.none())) {
      Btrfs.createSubvolume(disk.root(), BytePath.of("@"));
      disk.root().writeNew(BytePath.of("@/file"), new byte[] {'x'}, 0644);
      disk.fillBoot(bootFiles);
      disk.commit();
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      return list.map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("boot-files"))
          .sorted()
          .toList();
    }
  }

  @Test
  void card_image_is_what_sfdisk_fsck_and_btrfs_take_for_whole() throws Exception {
    PartitionPlan plan = plan(DiskShape.raspberryPi(Architecture.AARCH64));
    make(plan);

    assertThat(run("sfdisk", "--dump", image.toString()))
        .contains("label: dos", "label-id: " + plan.ids().mbrHex())
        .containsPattern("start= +8192, size= +131072, type=c")
        .containsPattern("start= +139264, size= +679936, type=83");
    assertThat(run("sfdisk", "--verify", image.toString())).contains("No errors detected");
    try (LoopDevice boot = attach(plan.boot())) {
      run("fsck.vfat", "-n", boot.path().toString());
      assertThat(run("blkid", "--probe", "--output", "export", boot.path().toString()))
          .contains("UUID=" + plan.ids().fatUuid(), "LABEL_FATBOOT=BOOT", "VERSION=FAT32");
      assertThat(run("mtype", "-i", boot.path().toString(), "::/tiu/4f2c9a/bcm2711-rpi-4-b.dtb"))
          .isEqualTo("device tree");
    }
    try (LoopDevice root = attach(plan.root())) {
      run("btrfs", "check", "--readonly", root.path().toString());
      assertThat(run("blkid", "--probe", "--output", "export", root.path().toString()))
          .contains("UUID=" + plan.ids().btrfs(), "LABEL=tiu", "TYPE=btrfs");
    }
  }

  private LoopDevice attach(Partition partition) throws IOException {
    return LoopDevice.attach(image, Access.READ_ONLY, partition.offset(), partition.size());
  }

  @Test
  void gpt_image_has_the_ids_that_were_given() throws Exception {
    PartitionPlan plan = plan(DiskShape.gpt(Architecture.X86_64));
    make(plan);
    assertThat(run("sfdisk", "--json", image.toString()).toLowerCase(java.util.Locale.ROOT))
        .contains(plan.ids().disk().toString(), plan.ids().bootPartition().toString())
        .contains(plan.ids().rootPartition().toString(), "c12a7328", "4f68bce3");
    assertThat(run("sfdisk", "--verify", image.toString())).contains("No errors detected");
  }

  @Test
  void what_a_bios_starts_is_in_the_image_and_outside_of_its_table() throws Exception {
    PartitionPlan plan = plan(DiskShape.gpt(Architecture.X86_64).withBios());
    byte[] boot = Files.readAllBytes(Path.of("/usr/lib/grub/i386-pc/boot.img"));
    byte[] core = Files.readAllBytes(Path.of("/usr/lib/grub/i386-pc/diskboot.img"));
    BiosCode code = BiosCode.of(boot, java.util.Arrays.copyOf(core, 5000));
    try (NewDisk disk = NewDisk.image(image, plan, Consent.none())) {
      disk.embed(code);
      disk.commit();
    }
    assertThat(run("sfdisk", "--verify", image.toString())).contains("No errors detected");
    assertThat(run("sfdisk", "--dump", image.toString()))
        .contains("start=        2048, size=        2048, type=21686148-6449-6E6F-744E");
    byte[] start = new byte[(int) (2 * MIB)];
    try (var in = Files.newInputStream(image)) {
      assertThat(in.readNBytes(start, 0, start.length)).isEqualTo(start.length);
    }
    assertThat(start).startsWith(code.firstSector(MIB));
    assertThat(java.util.Arrays.copyOfRange(start, (int) MIB, (int) MIB + 5120))
        .isEqualTo(code.partition(MIB));
    assertThat(start[0x1fe]).as("the signature of the table").isEqualTo((byte) 0x55);
  }

  @Test
  void fat_keeps_names_content_and_times() throws Exception {
    FileTime time = FileTime.fromMillis(1_700_000_000_000L);
    Files.setLastModifiedTime(bootFiles.resolve("config.txt"), time);
    PartitionPlan plan = plan(DiskShape.raspberryPi(Architecture.AARCH64));
    make(plan);
    Path copy = Files.createDirectory(directory.resolve("copy"));
    String range = image + "@@" + plan.boot().offset();
    run("mcopy", "-s", "-n", "-m", "-i", range, "::/*", copy.toString());
    run("diff", "--recursive", bootFiles.toString(), copy.toString());
    assertThat(Files.getLastModifiedTime(copy.resolve("config.txt"))).isEqualTo(time);
  }

  @Test
  void image_is_sparse_and_bmaptool_writes_it_from_its_map() throws Exception {
    make(plan(DiskShape.gpt(Architecture.X86_64)));
    assertThat(files()).containsExactly("card.bmap", "card.img");
    assertThat(run("du", "--block-size=1M", image.toString())).matches("(\\d|1\\d)\\s.*");

    Path flashed = directory.resolve("flashed");
    Files.write(flashed, new byte[0]);
    run("bmaptool", "copy", image.toString(), flashed.toString());
    assertThat(Files.mismatch(image, flashed)).isEqualTo(-1);
  }

  /** What lies on an old card where the map has nothing mustn't matter. */
  @Test
  void image_flashed_over_an_old_card_is_whole() throws Exception {
    PartitionPlan plan = plan(DiskShape.raspberryPi(Architecture.AARCH64));
    make(plan);
    try (LoopDisk card = LoopDisk.create(Files.createDirectory(directory.resolve("x")), SIZE)) {
      fillWith((byte) 0xa5, card.path());
      run("bmaptool", "copy", image.toString(), card.path().toString());
      try (LoopDevice boot = part(card, plan.boot());
          LoopDevice root = part(card, plan.root())) {
        run("fsck.vfat", "-n", boot.path().toString());
        run("btrfs", "check", "--readonly", root.path().toString());
      }
    }
  }

  private static LoopDevice part(LoopDisk disk, Partition partition) throws IOException {
    return LoopDevice.attach(disk.path(), Access.READ_ONLY, partition.offset(), partition.size());
  }

  private static void fillWith(byte value, Path device) throws IOException {
    byte[] junk = new byte[(int) MIB];
    java.util.Arrays.fill(junk, value);
    try (var out = Files.newOutputStream(device)) {
      for (long at = 0; at < SIZE; at += MIB) {
        out.write(junk);
      }
    }
  }

  @Test
  void bmaptool_notices_a_byte_that_changed() throws Exception {
    PartitionPlan plan = plan(DiskShape.gpt(Architecture.X86_64));
    make(plan);
    try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
      file.seek(plan.boot().offset() + 3);
      file.write('!');
    }
    assertThatThrownBy(
            () -> run("bmaptool", "copy", image.toString(), directory.resolve("f").toString()))
        .hasMessageContaining("checksum mismatch");
  }

  @Test
  void disk_that_was_not_committed_leaves_nothing() throws Exception {
    try (NewDisk disk =
        NewDisk.image(image, plan(DiskShape.gpt(Architecture.X86_64)), Consent.none())) {
      disk.fillBoot(bootFiles);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void image_that_is_there_already_is_replaced_only_by_name() throws Exception {
    PartitionPlan plan = plan(DiskShape.gpt(Architecture.X86_64));
    Files.writeString(image, "precious");
    assertThatThrownBy(() -> NewDisk.image(image, plan, Consent.none()))
        .isInstanceOf(DiskHoldsDataException.class)
        .hasMessageContaining("--force " + image);
    assertThat(image).hasContent("precious");

    try (NewDisk disk = NewDisk.image(image, plan, Consent.toLose(image.toString()))) {
      assertThat(image).as("until the new one is whole").hasContent("precious");
      disk.commit();
    }
    assertThat(image).hasSize(SIZE);
  }

  @Test
  void boot_files_that_do_not_fit_are_refused_before_any_is_written() throws Exception {
    Files.write(bootFiles.resolve("large"), new byte[(int) (70 * MIB)]);
    try (NewDisk disk =
        NewDisk.image(image, plan(DiskShape.gpt(Architecture.X86_64)), Consent.none())) {
      assertThatThrownBy(() -> disk.fillBoot(bootFiles))
          .isInstanceOf(BootPartitionFullException.class)
          .hasMessageContaining("the boot files take 73.4 MB");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void tree_that_a_fat_cannot_hold_is_refused_by_name() throws Exception {
    try (NewDisk disk =
        NewDisk.image(image, plan(DiskShape.gpt(Architecture.X86_64)), Consent.none())) {
      write("CONFIG.TXT", "");
      assertRefused(disk, "for a FAT it has the same name as");
      Files.delete(bootFiles.resolve("CONFIG.TXT"));

      write("what?", "");
      assertRefused(disk, "what? can't be put on the boot partition: a FAT can't have such a name");
      Files.delete(bootFiles.resolve("what?"));

      Files.createSymbolicLink(bootFiles.resolve("link"), Path.of("empty"));
      assertRefused(disk, "it is neither a file nor a directory");
    }
  }

  private void assertRefused(NewDisk disk, String message) {
    assertThatThrownBy(() -> disk.fillBoot(bootFiles))
        .isInstanceOf(BootTreeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void full_file_system_under_the_image_is_named_and_nothing_stays() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    Mounts.mount(Path.of("none"), small, "tmpfs", 0, "size=6m");
    try {
      Path there = small.resolve("card.img");
      byte[] kernel = new byte[(int) (20 * MIB)];
      new Random(1).nextBytes(kernel);
      Files.write(bootFiles.resolve("kernel8.img"), kernel);
      assertThatThrownBy(
              () -> {
                PartitionPlan plan = plan(DiskShape.raspberryPi(Architecture.AARCH64));
                try (NewDisk disk = NewDisk.image(there, plan, Consent.none())) {
                  disk.fillBoot(bootFiles);
                  disk.commit();
                }
              })
          .isInstanceOf(ImageRoomException.class)
          .hasMessageContaining("the file system that " + there + " should be on is full");
      assertThat(small).isEmptyDirectory();
    } finally {
      Command.of("umount", small.toString()).run();
    }
  }

  @Test
  void root_that_filled_the_file_system_under_the_image_is_found_at_commit() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    Mounts.mount(Path.of("none"), small, "tmpfs", 0, "size=24m");
    try {
      Path there = small.resolve("card.img");
      byte[] content = new byte[(int) (40 * MIB)];
      new Random(1).nextBytes(content);
      assertThatThrownBy(
              () -> {
                PartitionPlan plan = plan(DiskShape.raspberryPi(Architecture.AARCH64));
                try (NewDisk disk = NewDisk.image(there, plan, Consent.none())) {
                  disk.root().writeNew(BytePath.of("file"), content, 0644);
                  disk.commit();
                }
              })
          .isInstanceOf(ImageRoomException.class);
      assertThat(small).isEmptyDirectory();
    } finally {
      Command.of("umount", small.toString()).run();
    }
  }

  @Test
  void device_gets_a_table_that_the_kernel_can_read() throws Exception {
    try (LoopDisk loop = LoopDisk.create(directory, SIZE)) {
      PartitionPlan plan = plan(DiskShape.gpt(Architecture.X86_64));
      BlockDisk disk = BlockDisk.of(loop.path());
      try (NewDisk made = NewDisk.device(disk, plan, Consent.none())) {
        made.fillBoot(bootFiles);
        assertThatThrownBy(() -> run("sfdisk", "--dump", loop.path().toString()))
            .as("no table before the end")
            .hasMessageContaining("does not contain a recognized partition table");
        made.commit();
      }
      run("partx", "--add", loop.path().toString());
      run("fsck.vfat", "-n", loop.partition(1).toString());
      run("btrfs", "check", "--readonly", loop.partition(2).toString());
    }
  }

  @Test
  void device_that_was_not_finished_looks_like_a_blank_one() throws Exception {
    try (LoopDisk loop = LoopDisk.create(directory, SIZE)) {
      run("mkfs.btrfs", "--quiet", loop.path().toString());
      PartitionPlan plan = plan(DiskShape.gpt(Architecture.X86_64));
      BlockDisk disk = BlockDisk.of(loop.path());
      Consent consent = Consent.toLose(loop.path().toString());
      NewDisk made = NewDisk.device(disk, plan, consent);
      made.fillBoot(bootFiles);
      made.close();
      assertThat(disk.content()).isEmpty();
      disk.requireFree(Consent.none());
    }
  }
}
