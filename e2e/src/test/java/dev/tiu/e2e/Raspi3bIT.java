package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.ImageTraits;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.Raspi3b;
import dev.tiu.e2e.pi.Raspi3bFirmware;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The card that {@code tiu install --disk --boot pi} makes, in QEMU's Raspberry Pi 3. */
@Tag("e2e")
@Tag("slow")
final class Raspi3bIT {
  private static final Duration BOOT = Duration.ofMinutes(40);
  private static final Duration COMMAND = Duration.ofMinutes(10);

  @TempDir Path directory;

  @Test
  void card_boots_with_what_the_firmware_finds_on_it_and_tiu_knows_where_it_is() throws Exception {
    TestBundle bundle =
        TestBundle.of(RootTree.of(GuestArchitecture.ARM64), "1", ImageTraits.WITHOUT_TRYBOOT);
    Path disk =
        Qcow2.overlay(BaseDisk.forRaspberryPi(bundle).image(), directory.resolve("card.qcow2"));
    try (Raspi3b machine = Raspi3b.start("raspi3b", new Raspi3bFirmware(), disk)) {
      long from = System.nanoTime();
      machine.logIn(BOOT);
      System.out.println(
          "booted in " + Duration.ofNanos(System.nanoTime() - from).toSeconds() + " s");
      assertThat(machine.run("tr -d '\\0' </proc/device-tree/model; echo", COMMAND))
          .startsWith("Raspberry Pi 3 Model B");
      assertThat(machine.run("findmnt --noheadings --output SOURCE --mountpoint /", COMMAND))
          .startsWith("/dev/mmcblk")
          .endsWith("[/@/.snapshots/1/snapshot]");
      assertThat(machine.run("tiu status", COMMAND))
          .contains("pi at /boot/firmware; can start snapshots 1")
          .contains("the initrd counts the boots");
      assertThat(machine.run("journalctl -u tiu-booted -b -o cat --no-pager", COMMAND))
          .contains("Snapshot 1, the default, has booted");
      // By the board's own watchdog: Debian's kernel has no other way, and it is a module.
      assertThat(machine.run("lsmod | grep -o ^bcm2835_wdt", COMMAND)).isEqualTo("bcm2835_wdt");
      assertThat(machine.reboot(COMMAND)).contains("guest-reset");
    }
  }
}
