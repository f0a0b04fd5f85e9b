package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.BiosFirmware;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine with GRUB that starts its kernels from the btrfs. */
@Tag("e2e")
@Tag("slow")
final class GrubOnBtrfsIT {
  private static final String KERNELS =
      "ls -d /boot/efi/tiu/????????????????/linux 2>/dev/null | wc -l";

  @TempDir Path directory;

  @Test
  void update_and_rollback_copy_no_kernel() throws Exception {
    TestBundle first = TestBundle.of(RootTree.of(GuestArchitecture.AMD64));
    TestBundle second = TestBundle.of(RootTree.withOtherKernel(GuestArchitecture.AMD64), "2");
    Path disk = Qcow2.overlay(BaseDisk.withGrub(first).image(), directory.resolve("disk.qcow2"));
    MachineSpec spec =
        MachineSpec.of("grub-btrfs", GuestArchitecture.AMD64, new BiosFirmware(), disk);
    try (Machine machine = Machine.start(spec.withShare(Updates.share(directory, second)))) {
      machine.awaitBoot(Machine.BOOT);
      String kernel = machine.run("uname -r");
      machine.run("sed -i '/^\\[boot\\]/a kernels = \"btrfs\"' /etc/tiu/tiu.toml");
      assertThat(Updates.update(machine, second)).contains("is on trial from the next boot on");
      assertThat(machine.run(KERNELS)).as("that of snapshot 1").isEqualTo("1");

      assertThat(machine.reboot(Machine.BOOT).starts() - 1).as("boots").isEqualTo(1);
      assertThat(machine.run("uname -r")).isNotEqualTo(kernel);
      assertThat(machine.run("cat /proc/cmdline"))
          .contains(")/@/.snapshots/2/snapshot/", " rootflags=subvol=@/.snapshots/2/snapshot rw");
      assertThat(machine.run("tiu mark-good")).contains("Snapshot 2 is good, and the default");
      assertThat(machine.run("tiu rollback")).contains("Snapshot 1, version 1, is the default");
      assertThat(machine.run(KERNELS)).as("none is needed").isEqualTo("0");

      // As a power cut right after it.
      machine.powerCut(Machine.BOOT);
      assertThat(machine.run("uname -r")).isEqualTo(kernel);
      assertThat(machine.run("cat /proc/cmdline")).contains(")/@/.snapshots/1/snapshot/");
    }
  }
}
