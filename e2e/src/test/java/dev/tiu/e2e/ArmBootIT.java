package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.Firmware;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UbootFirmware;
import dev.tiu.e2e.machine.UefiFirmware;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * aarch64 with UEFI and systemd-boot, and with U-Boot that finds extlinux.conf or a boot script.
 */
@Tag("e2e")
@Tag("slow")
final class ArmBootIT {
  private static TestBundle bundle;

  @TempDir Path directory;

  @BeforeAll
  static void makeBundle() throws IOException {
    bundle = TestBundle.of(RootTree.of(GuestArchitecture.ARM64));
  }

  @Test
  void uboot_boots_from_extlinux_conf() throws Exception {
    boot("extlinux", new UbootFirmware(), BaseDisk.withExtlinux(bundle));
  }

  @Test
  void uboot_runs_the_boot_script() throws Exception {
    boot("u-boot", new UbootFirmware(), BaseDisk.withBootScript(bundle));
  }

  @Test
  void systemd_boot_boots_under_uefi() throws Exception {
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.ARM64);
    boot("systemd-boot-arm64", firmware, BaseDisk.withSystemdBoot(bundle));
  }

  private void boot(String name, Firmware firmware, BaseDisk base) throws IOException {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    try (Machine machine =
        Machine.start(MachineSpec.of(name, GuestArchitecture.ARM64, firmware, disk))) {
      Machine.Boot boot = machine.awaitBoot(Machine.BOOT);
      System.out.println(name + " booted in " + boot.time().toSeconds() + " s");
      assertThat(machine.run("uname -m")).isEqualTo("aarch64");
      assertThat(machine.run("findmnt --noheadings --output SOURCE,FSTYPE /"))
          .endsWith("[/@/.snapshots/1/snapshot] btrfs");
      machine.powerOff(Duration.ofMinutes(3));
    }
  }
}
