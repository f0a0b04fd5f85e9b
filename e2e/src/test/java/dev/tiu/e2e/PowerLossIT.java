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
import dev.tiu.linux.Access;
import dev.tiu.linux.Command;
import dev.tiu.linux.LoopDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk as of every flush of a recorded run: what a power cut could have left at the worst. */
@Tag("e2e")
@Tag("slow")
final class PowerLossIT {
  @TempDir Path directory;

  /**
   * A file written on the FAT, synced with its directory, and then pointed at by a small one: at no
   * flush does the pointer lead to something that isn't whole.
   */
  @Test
  void what_is_synced_before_it_is_pointed_at_is_whole_at_every_flush() throws Exception {
    BaseDisk base = BaseDisk.withSystemdBoot(TestBundle.of(RootTree.of(GuestArchitecture.AMD64)));
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    Path log = directory.resolve("writes");
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    long begun;
    long ended;
    try (Machine machine =
        Machine.start(
            MachineSpec.of("power-loss", GuestArchitecture.AMD64, firmware, disk)
                .withWriteLog(log))) {
      machine.awaitBoot(Machine.BOOT);
      machine.run("systemctl is-system-running --wait; sync");
      begun = WriteLog.entries(log);
      machine.run(
          """
          for n in 2 3; do
            mkdir /efi/tiu/$n
            head -c 3000000 /dev/urandom >/efi/tiu/$n/linux
            sha256sum </efi/tiu/$n/linux >/var/lib/sum-$n
            (cd /efi/tiu/$n && sha256sum linux >sum)
            sync /efi/tiu/$n/linux /efi/tiu/$n/sum /efi/tiu/$n /efi/tiu
            echo $n >/efi/pointer
            sync /efi/pointer /efi /var/lib/sum-$n
          done
          """);
      ended = WriteLog.entries(log);
      machine.powerOff(Duration.ofMinutes(3));
    }
    assertThat(ended).isGreaterThan(begun);

    Path raw = directory.resolve("raw");
    Command.of("cp", "--sparse=always", base.image().toString(), raw.toString()).run();
    int checked = 0;
    String last = "none";
    try (WriteLog writes = WriteLog.open(log, raw)) {
      while (writes.toNextFlush()) {
        if (writes.entry() >= begun && writes.entry() <= ended) {
          last = check(raw, base);
          checked++;
        }
      }
    }
    System.out.println(checked + " flushes checked");
    assertThat(checked).isGreaterThan(4);
    assertThat(last).as("in the end").isEqualTo("3");
  }

  /** Gives what the pointer says. */
  private String check(Path raw, BaseDisk base) throws IOException {
    try (LoopDevice device = attach(raw, base.root())) {
      Command.of("btrfs", "check", "--readonly", device.path().toString()).run();
    }
    String fat = raw + "@@" + base.boot().offset();
    Command.Result pointer = Command.of("mtype", "-i", fat, "::/pointer").accepting(1).run();
    if (pointer.exitCode() != 0 || pointer.text().isEmpty()) {
      return "none";
    }
    Path copy = directory.resolve("copy");
    Command.of("rm", "-rf", copy.toString()).run();
    Command.of("mcopy", "-s", "-n", "-i", fat, "::/tiu/" + pointer.text(), copy.toString()).run();
    Command.of("sha256sum", "--check", "--quiet", "sum").directory(copy).run();
    return pointer.text();
  }

  private static LoopDevice attach(Path raw, BaseDisk.Range partition) throws IOException {
    return LoopDevice.attach(raw, Access.READ_ONLY, partition.offset(), partition.size());
  }
}
