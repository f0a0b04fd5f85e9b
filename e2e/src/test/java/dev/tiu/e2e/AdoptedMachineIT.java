package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.ForeignDisk;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.DirectKernel;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.GuestResult;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Debian that tiu didn't install is adopted, boots as snapshot 1, and is updated to an image. */
@Tag("e2e")
final class AdoptedMachineIT {
  private static final Duration LONG = Duration.ofMinutes(25);

  /** As Debian's package systemd-boot and its hooks for kernels do it. */
  private static final String INSTALL_SYSTEMD_BOOT =
      """
      set -e
      systemd-machine-id-setup
      mkdir -p /etc/kernel
      echo '%s' >/etc/kernel/cmdline
      bootctl --esp-path=/boot/efi --no-variables --make-entry-directory=yes install
      kernel-install add "$(uname -r)" "/boot/vmlinuz-$(uname -r)" "/boot/initrd.img-$(uname -r)"
      ls -R /boot/efi/loader/entries
      """;

  @TempDir Path directory;

  private static String said(Machine machine, String command) throws IOException {
    GuestResult result = machine.run(command, LONG);
    System.out.println(result.output());
    assertThat(result.succeeded()).as(result.output()).isTrue();
    return result.output();
  }

  private static void assertRoot(Machine machine, String subvolume) throws IOException {
    assertThat(machine.run("findmnt --noheadings --output SOURCE /"))
        .endsWith("[/%s]".formatted(subvolume));
  }

  private static void installLoader(String name, ForeignDisk debian, Path disk, String script)
      throws IOException {
    DirectKernel kernel = new DirectKernel(debian.kernel(), debian.initrd(), debian.arguments());
    MachineSpec spec = MachineSpec.of(name, GuestArchitecture.AMD64, kernel, disk);
    try (Machine installer = Machine.start(spec)) {
      installer.awaitBoot(Machine.BOOT);
      System.out.println(installer.run(script.formatted(debian.arguments())));
      installer.powerOff(Duration.ofMinutes(5));
    }
  }

  /** As grub-install does it with Debian's signed GRUB, which is built as this one is. */
  private static final String INSTALL_GRUB =
      """
      set -e
      : '%s'
      mkdir -p /boot/efi/EFI/BOOT /boot/efi/EFI/debian /boot/grub
      cp /usr/lib/grub/x86_64-efi/monolithic/grubx64.efi /boot/efi/EFI/BOOT/BOOTX64.EFI
      cat >/boot/efi/EFI/debian/grub.cfg <<END
      search.fs_uuid $(findmnt --noheadings --output UUID /) root
      set prefix=(\\$root)'/@rootfs/boot/grub'
      configfile \\$prefix/grub.cfg
      END
      echo 'GRUB_CMDLINE_LINUX="console=ttyS0"' >/etc/default/grub
      echo 'GRUB_TIMEOUT=1' >>/etc/default/grub
      grub-mkconfig -o /boot/grub/grub.cfg
      """;

  /** Of a Debian with that loader; it runs from its own root. */
  private Machine start(String name, TestBundle image, String loader) throws IOException {
    ForeignDisk debian = ForeignDisk.of(image, directory);
    Path disk = Qcow2.overlay(debian.image(), directory.resolve("disk.qcow2"));
    installLoader(name + "-install", debian, disk, loader);
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    return Machine.start(
        MachineSpec.of(name, GuestArchitecture.AMD64, firmware, disk)
            .withShare(Updates.share(directory, image)));
  }

  private static void adoptAndUpdate(Machine machine, TestBundle image, String loader)
      throws IOException {
    machine.run("echo mine >/etc/mine; echo data >/var/data; echo home >/root/home");
    assertThat(said(machine, "tiu adopt --device machine"))
        .contains("Snapshot 1, Debian GNU/Linux 12 (bookworm), adopted, is the default");
    machine.run("echo later >>/etc/mine; echo later >>/var/data");
    assertThat(said(machine, "tiu adopt --finish")).contains("is the default; it boots next");

    machine.reboot(Machine.BOOT);
    assertRoot(machine, "@/.snapshots/2/snapshot");
    assertThat(Updates.booted(machine)).contains("Snapshot 2, the default, has booted");
    assertThat(machine.run("cat /etc/mine /var/data /root/home"))
        .isEqualTo("mine\nlater\ndata\nlater\nhome");
    assertThat(machine.run("tiu status"))
        .contains("Booted     snapshot 2, adopted")
        // Beside /boot/efi of fstab, systemd mounts the ESP that systemd-boot names at /efi.
        .containsPattern("Loader     %s at (/boot)?/efi; can start snapshots 2".formatted(loader));
    assertThat(machine.run("systemctl is-system-running --wait || systemctl --failed"))
        .isEqualTo("running");
    assertThat(machine.run("touch /usr/file 2>&1 || true")).contains("Read-only file system");

    assertThat(Updates.update(machine, image)).contains("Snapshot 3, version 2, is on trial");
    machine.reboot(Machine.BOOT);
    assertRoot(machine, "@/.snapshots/3/snapshot");
    assertThat(Updates.booted(machine)).contains("Snapshot 3 has booted on trial");
    assertThat(machine.run("cat /etc/mine /var/data")).isEqualTo("mine\nlater\ndata\nlater");
    assertThat(said(machine, "tiu mark-good")).contains("Snapshot 3 is good, and the default");

    assertThat(said(machine, "tiu rollback")).contains("Snapshot 2, adopted, is the default");
    machine.reboot(Machine.BOOT);
    assertRoot(machine, "@/.snapshots/2/snapshot");
    assertThat(Updates.booted(machine)).contains("Snapshot 2, the default, has booted");
  }

  @Test
  void debian_with_systemd_boot_is_adopted_updated_to_an_image_and_gone_back_to() throws Exception {
    TestBundle image = TestBundle.of(RootTree.of(GuestArchitecture.AMD64), "2");
    try (Machine machine = start("adopted-systemd-boot", image, INSTALL_SYSTEMD_BOOT)) {
      machine.awaitBoot(Machine.BOOT);
      assertRoot(machine, "@rootfs");
      adoptAndUpdate(machine, image, "systemd-boot");
    }
  }

  @Test
  @Tag("slow")
  void debian_with_grub_is_adopted_by_lines_in_the_grub_cfg_it_starts_by() throws Exception {
    TestBundle image = TestBundle.of(RootTree.of(GuestArchitecture.AMD64), "2");
    try (Machine machine = start("adopted-grub", image, INSTALL_GRUB)) {
      machine.awaitBoot(Machine.BOOT);
      assertRoot(machine, "@rootfs");
      adoptAndUpdate(machine, image, "grub");
      assertThat(machine.run("cat /boot/efi/EFI/debian/grub.cfg"))
          .contains("source /tiu/grub.cfg")
          .contains("configfile $prefix/grub.cfg");
    }
  }
}
