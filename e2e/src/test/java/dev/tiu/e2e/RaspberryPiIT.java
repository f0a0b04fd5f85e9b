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

  /** What is booted, once more beside it, with its command line changed by sed. */
  private static final String TRIAL =
      """
      set -e
      cd /boot/firmware
      prefix=$(sed -n 's,^os_prefix=\\(.*\\)/,\\1,p' config.txt)
      cmdline=$(sed -n 's,^cmdline=/,,p' config.txt)
      cp -r "$prefix" tiu/second
      sed '%s' "$cmdline" >tiu/second.txt
      sed "s,$prefix,tiu/second,; s,$cmdline,tiu/second.txt," config.txt >tryboot.txt
      sync tiu/second/* tiu/second tiu/second.txt tiu tryboot.txt .
      """;

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
      assertThat(state(machine)).matches("tiu/[0-9a-f]{16}/ 0");

      machine.run(TRIAL.formatted("s/$/ second/"));
      machine.reboot("0 tryboot", Machine.BOOT);
      assertThat(state(machine)).isEqualTo("tiu/second/ 1");
      assertThat(machine.run("cat /proc/cmdline")).endsWith(" second");

      machine.reset(Machine.BOOT);
      assertThat(state(machine)).as("the flag is gone").matches("tiu/[0-9a-f]{16}/ 0");
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
      machine.run(TRIAL.formatted("s,snapshots/1,snapshots/9,"));
      Machine.Boot back = machine.reboot("0 tryboot", Machine.BOOT);
      assertThat(back.starts()).as("the trial, and the way back").isEqualTo(3);
      assertThat(state(machine)).matches("tiu/[0-9a-f]{16}/ 0");
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
