package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.CountingUboot;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UbootFirmware;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ARM machine with U-Boot that updates itself. */
@Tag("e2e")
@Tag("slow")
final class UbootUpdateIT {
  private static TestBundle first;
  private static TestBundle second;

  @TempDir Path directory;

  @BeforeAll
  static void makeImages() throws IOException {
    first = TestBundle.of(RootTree.of(GuestArchitecture.ARM64));
    second = TestBundle.of(RootTree.withOtherKernel(GuestArchitecture.ARM64), "2");
  }

  private Machine start(String name, BaseDisk base, TestBundle... images) throws IOException {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    return Machine.start(
        MachineSpec.of(name, GuestArchitecture.ARM64, new UbootFirmware(), disk)
            .withShare(Updates.share(directory, images)));
  }

  @Test
  void boot_script_counts_the_tries() throws Exception {
    TestBundle broken = TestBundle.broken(RootTree.of(GuestArchitecture.ARM64), "3");
    try (Machine machine = start("u-boot-update", BaseDisk.withBootScript(first), second, broken)) {
      Updates.goThereAndBack(machine, second);
      Updates.tryInVain(machine, broken, 3);
      assertIsStartedOnce(machine, 2, "setenv tiu_choose 2; boot");
    }
  }

  /** At U-Boot's prompt. */
  private static void assertIsStartedOnce(Machine machine, int chosen, String command)
      throws IOException {
    machine.reboot(
        shown ->
            shown.contains("Hit any key to stop autoboot")
                ? Optional.of(" \r" + command + "\r")
                : Optional.empty(),
        Machine.BOOT);
    assertThat(Updates.booted(machine))
        .contains("Snapshot %d has booted, which isn't the default".formatted(chosen));
    machine.reboot(Machine.BOOT);
    assertThat(Updates.booted(machine)).contains("Snapshot 1, the default, has booted");
  }

  @Test
  void u_boot_counts_the_tries_by_itself() throws Exception {
    TestBundle broken = TestBundle.broken(RootTree.of(GuestArchitecture.ARM64), "3");
    CountingUboot uboot = CountingUboot.built();
    Path card = uboot.withEnvironment(BaseDisk.withBootcount(first), directory.resolve("card"));
    Path disk = Qcow2.overlay(card, directory.resolve("disk.qcow2"));
    try (Machine machine =
        Machine.start(
            MachineSpec.of("u-boot-bootcount", GuestArchitecture.ARM64, uboot.firmware(), disk)
                .withShare(Updates.share(directory, second, broken)))) {
      Updates.goThereAndBack(machine, second);
      assertThat(machine.run("cat /proc/cmdline")).contains(" tiu.bootcount=1");
      assertThat(machine.run("fw_printenv tiu_trial upgrade_available bootcount"))
          .isEqualTo("tiu_trial=\nupgrade_available=0\nbootcount=0");
      Updates.tryInVain(machine, broken, 3);
      assertThat(machine.console().textSince(0))
          .contains("tiu: snapshot 3, trial 3, boot 3 of 3")
          .contains("Warning: Bootlimit (3) exceeded. Using altbootcmd.")
          .contains("tiu: snapshot 1, trial 3, boot 4 of 3")
          .doesNotContain("tiu: snapshot 3, trial 3, boot 4 of 3");
      assertThat(machine.run("fw_printenv tiu_trial upgrade_available bootcount altbootcmd"))
          .isEqualTo("tiu_trial=\nupgrade_available=0\nbootcount=0\naltbootcmd=run bootcmd");
    }
  }

  @Test
  void extlinux_can_not_count_and_says_so_and_goes_where_it_is_told() throws Exception {
    try (Machine machine = start("extlinux-update", BaseDisk.withExtlinux(first), second)) {
      machine.awaitBoot(Machine.BOOT);
      assertThat(Updates.update(machine, second))
          .contains("The boot loader can't end a trial that fails, so that nothing is tried.")
          .contains("Snapshot 2 is whole and waits");
      machine.run("tiu rollback 2");
      machine.reboot(Machine.BOOT);
      assertThat(Updates.booted(machine)).contains("Snapshot 2, the default, has booted");
      machine.run("tiu rollback");
      machine.reboot(Machine.BOOT);
      assertThat(Updates.booted(machine)).contains("Snapshot 1, the default, has booted");
      assertIsStartedOnce(machine, 2, "sysboot virtio 0:1 fat ${scriptaddr} /tiu/extlinux/2.conf");
    }
  }
}
