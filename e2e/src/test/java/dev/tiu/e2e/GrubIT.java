package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.BiosFirmware;
import dev.tiu.e2e.machine.Firmware;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** x86-64 with UEFI and the GRUB that Debian builds as one file; and the same disk with a BIOS. */
@Tag("e2e")
final class GrubIT {
  @TempDir Path directory;

  @Test
  void installed_disk_boots_by_grub() throws Exception {
    boot("grub", UefiFirmware.of(GuestArchitecture.AMD64), "yes");
  }

  @Test
  void same_disk_boots_without_efi() throws Exception {
    boot("grub-bios", new BiosFirmware(), "no");
  }

  private void boot(String name, Firmware firmware, String efi) throws Exception {
    BaseDisk base = BaseDisk.withGrub(TestBundle.of(RootTree.of(GuestArchitecture.AMD64)));
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    try (Machine machine =
        Machine.start(MachineSpec.of(name, GuestArchitecture.AMD64, firmware, disk))) {
      machine.awaitBoot(Machine.BOOT);
      assertThat(machine.run("findmnt --noheadings --output SOURCE,FSTYPE /"))
          .endsWith("[/@/.snapshots/1/snapshot] btrfs");
      assertThat(machine.run("cat /proc/cmdline"))
          .startsWith("BOOT_IMAGE=/tiu/")
          .contains(" rootflags=subvol=@/.snapshots/1/snapshot rw ");
      assertThat(machine.run("ls /boot/efi/tiu/grub")).isEqualTo("1.cfg");
      assertThat(machine.run("test -d /sys/firmware/efi && echo yes || echo no")).isEqualTo(efi);

      // What can't be loaded is left for the default in the same start, and costs a try.
      machine.run("grub-editenv /boot/efi/tiu/grub.env set tiu_trial=9 tiu_left=3; sync");
      assertThat(machine.reboot(Machine.BOOT).starts() - 1).as("boots").isEqualTo(1);
      assertThat(machine.run("findmnt --noheadings --output SOURCE /"))
          .endsWith("[/@/.snapshots/1/snapshot]");
      machine.powerOff(Duration.ofMinutes(3));
    }
  }
}
