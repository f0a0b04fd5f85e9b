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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine with UEFI and systemd-boot that updates itself. */
@Tag("e2e")
final class SystemdBootUpdateIT {
  private static TestBundle first;

  @TempDir Path directory;

  @BeforeAll
  static void makeImage() throws IOException {
    first = TestBundle.of(RootTree.of(GuestArchitecture.AMD64));
  }

  private Machine start(String name, TestBundle... images) throws IOException {
    Path disk =
        Qcow2.overlay(BaseDisk.withSystemdBoot(first).image(), directory.resolve("disk.qcow2"));
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    return Machine.start(
        MachineSpec.of(name, GuestArchitecture.AMD64, firmware, disk)
            .withShare(Updates.share(directory, images)));
  }

  @Test
  void another_kernel_is_tried_becomes_the_default_and_is_left_again() throws Exception {
    TestBundle second = TestBundle.of(RootTree.withOtherKernel(GuestArchitecture.AMD64), "2");
    try (Machine machine = start("systemd-boot-update", second)) {
      Updates.goThereAndBack(machine, second);
      machine.powerOff(Duration.ofMinutes(5));
    }
  }

  @Test
  @Tag("slow")
  void image_that_never_comes_up_is_left_after_its_tries() throws Exception {
    TestBundle broken = TestBundle.broken(RootTree.of(GuestArchitecture.AMD64), "3");
    try (Machine machine = start("systemd-boot-broken", broken)) {
      machine.awaitBoot(Machine.BOOT);
      Updates.tryInVain(machine, broken, 2);
      assertThat(machine.run("systemctl is-system-running --wait || systemctl --failed"))
          .isEqualTo("running");
    }
  }
}
