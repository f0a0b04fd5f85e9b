package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.GuestResult;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine with systemd-boot that updates itself, to another kernel and back. */
@Tag("e2e")
final class UpdateOnX86IT {
  private static final Duration UPDATE = Duration.ofMinutes(20);

  private static TestBundle first;
  private static TestBundle second;

  @TempDir Path directory;

  @BeforeAll
  static void makeImages() throws IOException {
    first = TestBundle.of(RootTree.of(GuestArchitecture.AMD64));
    second = TestBundle.of(RootTree.of(GuestArchitecture.AMD64, RootTree.OTHER_KERNEL), "2");
  }

  @Test
  void another_kernel_is_tried_becomes_the_default_and_is_left_again() throws Exception {
    Path share = Files.createDirectory(directory.resolve("share"));
    Files.createLink(share.resolve("v2.tiu"), second.file());
    BaseDisk base = BaseDisk.withSystemdBoot(first);
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    try (Machine machine =
        Machine.start(
            MachineSpec.of("update", GuestArchitecture.AMD64, firmware, disk).withShare(share))) {
      machine.awaitBoot(Machine.BOOT);
      assertThat(machine.run("journalctl -u tiu-booted -b -o cat --no-pager"))
          .contains("Snapshot 1, the default, has booted");
      String kernel = machine.run("uname -r");
      update(machine, "v2");
      machine.run("echo edited >/etc/late; echo kept >/var/late");

      machine.reboot(Machine.BOOT);
      assertThat(machine.run("uname -r")).isNotEqualTo(kernel).contains("cloud");
      assertThat(machine.run("test -d /lib/modules/$(uname -r) && lsmod | grep -c '^btrfs '"))
          .isEqualTo("1");
      assertThat(machine.run("cat /etc/late /var/late")).isEqualTo("edited\nkept");
      assertThat(machine.run("journalctl -u tiu-booted -b -o cat --no-pager"))
          .contains("Snapshot 2 has booted on trial");
      assertThat(machine.run("tiu list")).contains("trying").contains("on trial");
      assertThat(machine.run("systemctl is-system-running --wait || systemctl --failed"))
          .isEqualTo("running");
      assertThat(machine.run("tiu mark-good")).contains("Snapshot 2 is good, and the default");

      machine.reboot(Machine.BOOT);
      assertThat(machine.run("uname -r")).contains("cloud");
      assertThat(machine.run("tiu rollback")).contains("Snapshot 1, version 1, is the default");
      machine.reboot(Machine.BOOT);
      assertThat(machine.run("uname -r")).isEqualTo(kernel);
      assertThat(machine.run("tiu status")).contains("Booted     snapshot 1, version 1");
      machine.powerOff(Duration.ofMinutes(5));
    }
  }

  private static void update(Machine machine, String name) throws IOException {
    GuestResult result =
        machine.run(
            "mkdir -p /run/share && mount -t 9p -o trans=virtio,version=9p2000.L,ro share /run/share"
                + " && time tiu update /run/share/%s.tiu".formatted(name),
            UPDATE);
    System.out.println(result.output());
    assertThat(result.output()).contains("is on trial from the next boot on, for 3 boots");
  }
}
