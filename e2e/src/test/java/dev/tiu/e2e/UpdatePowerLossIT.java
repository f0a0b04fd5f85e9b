package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import dev.tiu.e2e.machine.WriteLog;
import dev.tiu.linux.Command;
import java.nio.file.Path;
import java.util.Optional;
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
  @TempDir Path directory;

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
    Optional<DiskAtFlush> last = Optional.empty();
    boolean tried = false;
    try (WriteLog writes = WriteLog.open(log, raw)) {
      while (writes.toNextFlush()) {
        if (writes.entry() >= begun) {
          DiskAtFlush now = DiskAtFlush.check(raw, base, directory);
          tried |= now.trial() == 2;
          last = Optional.of(now);
          checked++;
        }
      }
    }
    System.out.println(checked + " flushes checked");
    assertThat(checked).isGreaterThan(20);
    assertThat(tried).as("the trial was seen").isTrue();
    assertThat(last).map(DiskAtFlush::isDefault).as("in the end").contains(2);
    assertThat(last).map(DiskAtFlush::trial).contains(0);
  }
}
