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
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong with an update, one after the other in a machine; it boots as before. */
@Tag("e2e")
final class FailedUpdateIT {
  private static final Duration UPDATE = Duration.ofMinutes(25);
  private static final int NO_SPACE = 6;
  private static final int BOOT = 11;

  /** What decides what boots, and with what: every byte of the boot partition. */
  private static final String BOOT_PARTITION =
      "find /efi -type f ! -name 'filler*' ! -name damaged -exec sha256sum {} + | sort -k 2";

  private static final String HOOK =
      """
      mkdir -p /etc/initramfs-tools/hooks
      printf '#!/bin/sh\\n[ "$1" = prereqs ] && exit 0\\n%s\\n' >/etc/initramfs-tools/hooks/test
      chmod 755 /etc/initramfs-tools/hooks/test
      """;

  /** The second cluster of a file gets a successor that no FAT can have; both copies say so. */
  private static final String DAMAGE =
      """
      set -e
      dd if=/dev/zero of=/efi/damaged bs=64k count=1 status=none
      device=$(findmnt --noheadings --output SOURCE /efi)
      umount /efi
      first=$(mshowfat -i "$device" ::damaged | grep -o '<[0-9]*' | tr -d '<')
      number() { od -An -j "$1" -N "$2" -t "u$2" "$device" | tr -d ' '; }
      sector=$(number 11 2) reserved=$(number 14 2) copies=$(number 16 1) size=$(number 36 4)
      for copy in $(seq 0 $((copies - 1))); do
        at=$(((reserved + copy * size) * sector + (first + 1) * 4))
        printf '\\360\\360\\360\\007' | dd of="$device" bs=1 seek="$at" conv=notrunc status=none
      done
      mount /efi
      """;

  @TempDir Path directory;

  private String before = "";

  private void assertAsBefore(Machine machine) throws IOException {
    assertThat(machine.run(BOOT_PARTITION)).isEqualTo(before);
    assertThat(machine.run("tiu status"))
        .contains("Default    snapshot 1,")
        .contains("can start snapshots 1\n")
        .doesNotContain("on trial");
  }

  private String failedUpdate(Machine machine, int code) throws IOException {
    GuestResult result = machine.run("tiu update /run/share/v2.tiu", UPDATE);
    System.out.println(result.output());
    assertThat(result.exitCode()).as(result.output()).isEqualTo(code);
    return result.output();
  }

  @Test
  void whatever_fails_is_said_and_the_old_system_is_untouched() throws Exception {
    TestBundle first = TestBundle.of(RootTree.of(GuestArchitecture.AMD64));
    TestBundle second = TestBundle.of(RootTree.of(GuestArchitecture.AMD64), "2");
    Path disk =
        Qcow2.overlay(BaseDisk.withSystemdBoot(first).image(), directory.resolve("disk.qcow2"));
    UefiFirmware firmware = UefiFirmware.of(GuestArchitecture.AMD64);
    try (Machine machine =
        Machine.start(
            MachineSpec.of("failed-updates", GuestArchitecture.AMD64, firmware, disk)
                .withShare(Updates.share(directory, second)))) {
      machine.awaitBoot(Machine.BOOT);
      Updates.mountShare(machine);
      before = machine.run(BOOT_PARTITION);
      assertThat(before).contains("/efi/loader/loader.conf", "/efi/loader/entries/tiu-1.conf");

      bootPartitionIsReadOnly(machine);
      diskIsFull(machine);
      generatorFails(machine);
      generatorHangs(machine);
      bootPartitionIsFull(machine);
      bootPartitionTurnsReadOnly(machine);

      machine.reboot(Machine.BOOT);
      assertThat(machine.run("findmnt --noheadings --output SOURCE /"))
          .endsWith("[/@/.snapshots/1/snapshot]");
      assertThat(Updates.booted(machine)).contains("Snapshot 1, the default, has booted");
      assertAsBefore(machine);
    }
  }

  private void bootPartitionIsReadOnly(Machine machine) throws IOException {
    machine.run("mount -o remount,ro /efi");
    assertThat(failedUpdate(machine, BOOT))
        .contains("The boot partition at /efi is read-only. What boots now stays.");
    machine.run("mount -o remount,rw /efi");
    assertAsBefore(machine);
    assertThat(machine.run("tiu list")).as("not even begun").doesNotContain("\n2 ");
  }

  private void diskIsFull(Machine machine) throws IOException {
    // By pieces: the last ones fit where a large one doesn't.
    machine.run(
        """
        for size in 256M 16M 1M 64K; do
          n=0
          while fallocate -l $size /var/filler.$size.$n 2>/dev/null; do n=$((n + 1)); done
          rm -f /var/filler.$size.$n
        done
        sync
        """);
    assertThat(failedUpdate(machine, NO_SPACE)).contains("free", "Nothing was changed");
    assertThat(machine.run("tiu gc")).as("what shall make room runs").isNotNull();
    machine.run("rm -f /var/filler.*; sync; btrfs filesystem sync /");
    assertAsBefore(machine);
  }

  private void generatorFails(Machine machine) throws IOException {
    machine.run(HOOK.formatted("echo no luck >&2\\nexit 1"));
    assertThat(failedUpdate(machine, BOOT))
        .contains("initramfs-tools failed with exit code 1 for kernel ")
        .contains("so it isn't made to boot; what boots now stays.")
        .contains(".log, beside the snapshot, has what the generator said");
    assertAsBefore(machine);
  }

  private void generatorHangs(Machine machine) throws IOException {
    machine.run(HOOK.formatted("sleep 100000"));
    machine.run("cp /etc/tiu/tiu.toml /run/tiu.toml");
    machine.run("echo 'initrd-time-limit = \"20s\"' >>/etc/tiu/tiu.toml");
    assertThat(failedUpdate(machine, BOOT))
        .contains("initramfs-tools hadn't ended after 20 seconds for kernel ")
        .contains("what boots now stays.");
    assertThat(machine.run("pgrep -fc 'sleep 100000' || true")).as("ended with it").isEqualTo("0");
    machine.run("cp /run/tiu.toml /etc/tiu/tiu.toml; rm /etc/initramfs-tools/hooks/test");
    assertAsBefore(machine);
  }

  private void bootPartitionIsFull(Machine machine) throws IOException {
    machine.run("dd if=/dev/zero of=/efi/filler bs=1M 2>/dev/null || true; sync");
    assertThat(failedUpdate(machine, BOOT))
        .contains("The boot partition has no room for the boot files of snapshot ")
        .contains("What boots now stays. Remove what isn't tiu's from /efi");
    machine.run("rm /efi/filler; sync");
    assertAsBefore(machine);
  }

  /** While the initrd is made, the kernel finds an error in the FAT, and doesn't write it again. */
  private void bootPartitionTurnsReadOnly(Machine machine) throws IOException {
    machine.run(DAMAGE);
    machine.run(
        """
        systemd-run --quiet --unit=reader bash -c \
          'mount -o subvolid=5 "$(findmnt --noheadings --nofsroot --output SOURCE /)" /mnt
           until ls -d /mnt/@/.snapshots/*/tiu/.initrd-scratch; do sleep 0.2; done
           cat /efi/damaged >/dev/null'
        """);
    assertThat(failedUpdate(machine, BOOT))
        .contains("The boot partition at /efi is read-only: ")
        .contains("What boots now stays.", "let `fsck.vfat -a` mend it");
    assertThat(machine.run("findmnt --noheadings --output OPTIONS /efi")).startsWith("ro,");
    assertThat(machine.run("dmesg")).contains("FAT-fs (vda1): Filesystem has been set read-only");
    machine.run(
        """
        device=$(findmnt --noheadings --output SOURCE /efi)
        umount /efi
        fsck.vfat -a "$device" || [ $? = 1 ]
        mount /efi
        rm -f /efi/damaged /efi/FSCK*.REC
        umount /mnt || true
        """);
    assertAsBefore(machine);
  }
}
