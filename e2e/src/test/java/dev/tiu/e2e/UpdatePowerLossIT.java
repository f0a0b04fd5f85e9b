package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.boot.loader.BootLoaders;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.boot.loader.LoaderState;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import dev.tiu.e2e.machine.WriteLog;
import dev.tiu.linux.Access;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One whole update, its trial and its verdict, as a disk would have them that loses all that wasn't
 * flushed: at each flush the btrfs is sound, and what the boot loader starts is whole and has its
 * snapshot.
 */
@Tag("e2e")
@Tag("slow")
final class UpdatePowerLossIT {
  private static final Pattern SUBVOLUME =
      Pattern.compile("rootflags=subvol=(@/\\.snapshots/\\d+/snapshot)");
  private static final Pattern FILE = Pattern.compile("(?m)^(linux|initrd) /(tiu/\\S+)$");

  @TempDir Path directory;

  /** Of the disk as of one flush. */
  private record Seen(int isDefault, int trial) {}

  @Test
  void what_boots_is_whole_at_every_flush() throws Exception {
    TestBundle first = TestBundle.of(RootTree.of(GuestArchitecture.AMD64));
    TestBundle second = TestBundle.of(RootTree.withOtherKernel(GuestArchitecture.AMD64), "2");
    BaseDisk base = BaseDisk.withSystemdBoot(first);
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    Path log = directory.resolve("writes");
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    long begun;
    try (Machine machine =
        Machine.start(
            MachineSpec.of("update-power-loss", GuestArchitecture.AMD64, firmware, disk)
                .withShare(Updates.share(directory, second))
                .withWriteLog(log))) {
      machine.awaitBoot(Machine.BOOT);
      machine.run("systemctl is-system-running --wait; sync");
      begun = WriteLog.entries(log);
      Updates.update(machine, second);
      machine.run("tiu mark-bad 2 && tiu mark-good 2 && tiu rollback 2");
      machine.run("sync");
    }
    Path raw = directory.resolve("raw");
    Command.of("cp", "--sparse=always", base.image().toString(), raw.toString()).run();
    int checked = 0;
    Seen last = new Seen(0, 0);
    boolean tried = false;
    try (WriteLog writes = WriteLog.open(log, raw)) {
      while (writes.toNextFlush()) {
        if (writes.entry() >= begun) {
          last = check(raw, base);
          tried |= last.trial() == 2;
          checked++;
        }
      }
    }
    System.out.println(checked + " flushes checked");
    assertThat(checked).isGreaterThan(20);
    assertThat(tried).as("the trial was seen").isTrue();
    assertThat(last).as("in the end").isEqualTo(new Seen(2, 0));
  }

  private Seen check(Path raw, BaseDisk base) throws IOException {
    Path fat = directory.resolve("fat");
    Command.of("rm", "-rf", fat.toString()).run();
    Files.createDirectory(fat);
    String partition = raw + "@@" + base.boot().offset();
    Command.of("mcopy", "-s", "-n", "-Q", "-i", partition, "::/loader", "::/tiu", fat.toString())
        .run();
    try (LoopDevice device =
        LoopDevice.attach(raw, Access.READ_ONLY, base.root().offset(), base.root().size())) {
      Command.of("btrfs", "check", "--readonly", device.path().toString()).run();
      Path top = Files.createDirectories(directory.resolve("top"));
      // As a start of the machine would find it, but for what it would replay.
      Command.of("mount", "-o", "ro,subvolid=5,rescue=nologreplay", "" + device.path(), "" + top)
          .run();
      try {
        return check(fat, top);
      } finally {
        Command.of("umount", top.toString()).run();
      }
    }
  }

  private static Seen check(Path fat, Path top) throws IOException {
    try (Dir partition = Dir.open(fat)) {
      LoaderState state =
          new BootLoaders(partition, false, Optional.empty()).of(Kind.SYSTEMD_BOOT).state();
      int isDefault = state.isDefault().orElseThrow();
      requireStarts(fat, top, isDefault);
      int trial = state.trial().filter(t -> t.triesLeft() > 0).map(Trial::number).orElse(0);
      if (trial != 0) {
        requireStarts(fat, top, trial);
      }
      return new Seen(isDefault, trial);
    }
  }

  private static void requireStarts(Path fat, Path top, int number) throws IOException {
    String entry = entry(fat, number);
    Matcher file = FILE.matcher(entry);
    int files = 0;
    while (file.find()) {
      requireAsListed(fat.resolve(file.group(2)));
      files++;
    }
    assertThat(files).as("kernel and initrd of " + entry).isEqualTo(2);
    Matcher subvolume = SUBVOLUME.matcher(entry);
    assertThat(subvolume.find()).isTrue();
    Path root = top.resolve(subvolume.group(1));
    assertThat(root.resolve("usr/lib/os-release")).isNotEmptyFile();
    assertThat(root.resolve("etc/fstab")).isNotEmptyFile();
    assertThat(Files.readString(root.resolve("../info.xml").normalize()))
        .doesNotContain("<value>building</value>");
  }

  private static String entry(Path fat, int number) throws IOException {
    try (var list = Files.list(fat.resolve("loader/entries"))) {
      Path found =
          list.filter(f -> f.getFileName().toString().matches("tiu-" + number + "[.+].*"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no entry of snapshot " + number));
      return Files.readString(found);
    }
  }

  /** By the listing beside it: {@code DIGEST SIZE NAME}. */
  private static void requireAsListed(Path file) throws IOException {
    String listing = Files.readString(file.resolveSibling("tiu-set"));
    String sum = Command.of("sha256sum", file.toString()).run().text().substring(0, 64);
    assertThat(listing).contains("%s %d %s\n".formatted(sum, Files.size(file), file.getFileName()));
  }
}
