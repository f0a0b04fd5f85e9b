package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.pi.PiFirmware;
import dev.tiu.e2e.pi.PiModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The firmware's model with a system that really boots, tries another, and comes back. */
@Tag("e2e")
@Tag("slow")
final class RaspberryPiIT {
  private static BaseDisk base;

  @TempDir Path directory;

  @BeforeAll
  static void makeCard() throws IOException {
    base = BaseDisk.forRaspberryPi(TestBundle.of(RootTree.of(GuestArchitecture.ARM64)));
  }

  @Test
  void trial_is_made_once_and_comes_back_by_itself() throws Exception {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    PiFirmware firmware = new PiFirmware(PiModel.PI4, false);
    try (Machine machine =
        Machine.start(MachineSpec.of("raspberry-pi", GuestArchitecture.ARM64, firmware, disk))) {
      Machine.Boot first = machine.awaitBoot(Machine.BOOT);
      System.out.println("booted in " + first.time().toSeconds() + " s");
      assertThat(state(machine)).isEqualTo("tiu/1/ 0");

      machine.run(
          """
          cp -r /efi/tiu/1 /efi/tiu/2
          sed -i 's/$/ second/' /efi/tiu/2/cmdline.txt
          sed 's,tiu/1,tiu/2,' /efi/config.txt >/efi/tryboot.txt
          sync /efi/tiu/2/* /efi/tiu/2 /efi/tryboot.txt /efi
          """);
      machine.reboot("0 tryboot", Machine.BOOT);
      assertThat(state(machine)).isEqualTo("tiu/2/ 1");
      assertThat(machine.run("cat /proc/cmdline")).endsWith(" second");

      machine.reset(Machine.BOOT);
      assertThat(state(machine)).as("the flag is gone").isEqualTo("tiu/1/ 0");
    }
  }

  @Test
  void trial_that_finds_no_root_falls_back() throws Exception {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    PiFirmware firmware = new PiFirmware(PiModel.PI4, false);
    try (Machine machine =
        Machine.start(
            MachineSpec.of("raspberry-pi-bad", GuestArchitecture.ARM64, firmware, disk))) {
      machine.awaitBoot(Machine.BOOT);
      machine.run(
          """
          cp -r /efi/tiu/1 /efi/tiu/2
          sed -i 's,snapshots/1,snapshots/9,' /efi/tiu/2/cmdline.txt
          sed 's,tiu/1,tiu/2,' /efi/config.txt >/efi/tryboot.txt
          sync /efi/tiu/2/* /efi/tiu/2 /efi/tryboot.txt /efi
          """);
      Machine.Boot back = machine.reboot("0 tryboot", Machine.BOOT);
      assertThat(back.starts()).as("the trial, and the way back").isEqualTo(3);
      assertThat(state(machine)).isEqualTo("tiu/1/ 0");
    }
  }

  /** What the firmware says it did: the prefix, and whether it was a trial. */
  private static String state(Machine machine) throws IOException {
    return machine.run(
        """
        cd /proc/device-tree/chosen
        printf '%s %d' "$(tr -d '\\0' <os_prefix)" "0x$(od -An -tx1 bootloader/tryboot | tr -d ' ')"
        """);
  }
}
