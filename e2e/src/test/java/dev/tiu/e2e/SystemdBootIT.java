package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.image.TiuProgram;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.GuestResult;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** x86-64 with UEFI and systemd-boot, from a disk that was laid out by {@code tiu install}. */
@Tag("e2e")
final class SystemdBootIT {
  private static BaseDisk base;

  @TempDir Path directory;

  @BeforeAll
  static void makeDisk() throws IOException {
    base = BaseDisk.withSystemdBoot(TestBundle.of(RootTree.of(GuestArchitecture.AMD64)));
  }

  private Machine start(String name, Path share) throws IOException {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    return Machine.start(
        MachineSpec.of(name, GuestArchitecture.AMD64, firmware, disk).withShare(share));
  }

  @Test
  @Tag("short")
  void installed_disk_boots_and_boots_again_after_a_power_cut() throws Exception {
    try (Machine machine = start("systemd-boot", directory)) {
      Machine.Boot first = machine.awaitBoot(Machine.BOOT);
      System.out.println("booted in " + first.time().toSeconds() + " s");
      assertThat(machine.run("findmnt --noheadings --output SOURCE,FSTYPE /"))
          .endsWith("[/@/.snapshots/1/snapshot] btrfs");
      assertThat(machine.run("systemctl is-system-running --wait || systemctl --failed"))
          .isEqualTo("running");
      assertThat(machine.run("test -d /lib/modules/$(uname -r) && mount | grep -c ' on /efi '"))
          .isEqualTo("1");
      assertThat(machine.run("touch /usr/file", Duration.ofSeconds(20)).output())
          .contains("Read-only file system");

      machine.run("echo kept > /var/file; sync");
      Machine.Boot second = machine.powerCut(Machine.BOOT);
      assertThat(second.bootId()).isNotEqualTo(first.bootId());
      assertThat(machine.run("cat /var/file")).isEqualTo("kept");
      machine.powerOff(Duration.ofMinutes(3));
    }
  }

  @Test
  @Tag("slow")
  void guest_that_stops_feeding_its_watchdog_is_reset() throws Exception {
    try (Machine machine = start("watchdog", directory)) {
      Machine.Boot first = machine.awaitBoot(Machine.BOOT);
      // Closed without the letter V it goes on counting, and nobody feeds it any more.
      machine.run("modprobe i6300esb && echo x >/dev/watchdog");
      Machine.Boot second = machine.awaitBoot(Machine.BOOT);
      assertThat(second.bootId()).isNotEqualTo(first.bootId());
      assertThat(second.starts()).isEqualTo(2);
    }
  }

  /** The kernel of the machine that runs the tests may have no dm-verity; the guest's has. */
  @Test
  @Tag("short")
  void kernel_opens_a_bundle_and_refuses_a_flipped_byte() throws Exception {
    Path share = Files.createDirectory(directory.resolve("share"));
    makeBundle(share);
    Command.of(
            "cp",
            "--recursive",
            "" + TiuProgram.built().directory().resolve("tiu.jar"),
            "" + TiuProgram.built().directory().resolve("lib"),
            "" + share)
        .run();
    try (Machine machine = start("verity", share)) {
      machine.awaitBoot(Machine.BOOT);
      machine.run(
          """
          mkdir /run/share /run/image
          mount -t 9p -o trans=virtio,version=9p2000.L,ro share /run/share
          cp /run/share/os.tiu /run/share/damaged.tiu /var/
          """);
      assertThat(machine.run(MOUNT.formatted("os") + "sha256sum </run/image/usr/lib/big"))
          .contains(sha256(share.resolve("big")));
      assertThat(machine.run("findmnt --noheadings --output FSTYPE,OPTIONS /run/image"))
          .startsWith("squashfs ro");
      machine.run("java -jar /run/share/tiu.jar umount /run/image");

      GuestResult damaged =
          machine.run(
              MOUNT.formatted("damaged") + "cat /run/image/usr/lib/big >/dev/null",
              Duration.ofMinutes(2));
      assertThat(damaged.output()).contains("/run/image/usr/lib/big: Input/output error");
      assertThat(machine.run("dmesg")).contains("data block 256 is corrupted");
    }
  }

  private static final String MOUNT =
      "java -jar /run/share/tiu.jar mount --keyring /run/share/ca.crt.pem /var/%s.tiu /run/image"
          + " || exit 9\n";

  /** A file of 3 MiB that can't be compressed comes first in the image, as it is. */
  private void makeBundle(Path share) throws IOException {
    Path tree = directory.resolve("tree");
    byte[] content = new byte[3 << 20];
    new Random(1).nextBytes(content);
    Files.createDirectories(tree.resolve("usr/lib"));
    Files.write(tree.resolve("usr/lib/big"), content);
    Files.write(share.resolve("big"), content);
    Files.writeString(tree.resolve("usr/lib/os-release"), "ID=test\n");
    TiuProgram tiu = TiuProgram.built();
    Path keys = directory.resolve("keys");
    tiu.run("key", "init", keys.toString());
    tiu.run(
        "create",
        "--rootfs",
        "" + tree,
        "--output",
        "" + share.resolve("os.tiu"),
        "--compatible",
        "machine",
        "--version",
        "1",
        "--architecture",
        "x86_64",
        "--key",
        "" + keys.resolve("signer.key.pem"),
        "--cert",
        "" + keys.resolve("signer.crt.pem"));
    Files.copy(keys.resolve("ca.crt.pem"), share.resolve("ca.crt.pem"));
    byte[] bundle = Files.readAllBytes(share.resolve("os.tiu"));
    bundle[256 * 4096 + 17] ^= 1;
    Files.write(share.resolve("damaged.tiu"), bundle);
  }

  private static String sha256(Path file) throws IOException {
    return Command.of("sha256sum", file.toString()).run().text().substring(0, 64);
  }
}
