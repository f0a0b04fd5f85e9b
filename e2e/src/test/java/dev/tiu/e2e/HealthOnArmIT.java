package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.ImageTraits;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.Firmware;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UbootFirmware;
import dev.tiu.e2e.machine.WebServer;
import dev.tiu.e2e.pi.PiFirmware;
import dev.tiu.e2e.pi.PiModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On aarch64, with U-Boot and with the model of a Raspberry Pi's firmware: a good image, one that
 * panics, and the timer's whole round.
 */
@Tag("e2e")
@Tag("slow")
final class HealthOnArmIT {
  private static final Duration TRY_AND_BACK = Duration.ofMinutes(30);

  private static TestBundle first;
  private static TestBundle second;
  private static TestBundle panics;
  private static TestBundle fourth;

  @TempDir Path directory;

  @BeforeAll
  static void makeImages() throws IOException {
    RootTree tree = RootTree.of(GuestArchitecture.ARM64);
    ImageTraits traits = ImageTraits.withHealth().andNetwork();
    first = TestBundle.of(tree, "1", traits);
    second = TestBundle.of(tree, "2", traits);
    panics = TestBundle.of(tree, "3", traits.thatPanics());
    fourth = TestBundle.of(tree, "4", traits);
  }

  private Machine start(String name, Firmware firmware, BaseDisk base) throws IOException {
    Path disk = Qcow2.overlay(base.image(), directory.resolve("disk.qcow2"));
    Machine machine =
        Machine.start(
            MachineSpec.of(name, GuestArchitecture.ARM64, firmware, disk)
                .withShare(Updates.share(directory, second, panics))
                .withNetwork());
    machine.awaitBoot(Machine.BOOT);
    return machine;
  }

  private WebServer server() throws IOException {
    Path www = Updates.channel(Files.createDirectory(directory.resolve("www")), fourth);
    return WebServer.start(directory.resolve("nginx"), www);
  }

  @Test
  void with_u_boot() throws Exception {
    try (WebServer server = server();
        Machine machine =
            start("health-u-boot", new UbootFirmware(), BaseDisk.withBootScript(first))) {
      HealthRounds.becomesDefault(machine, second, 2);
      HealthRounds.isLeftAfterItsTries(machine, panics, 3);
      HealthRounds.updatesByTimer(machine, server, 4);
    }
  }

  @Test
  void with_the_firmware_of_a_raspberry_pi() throws Exception {
    try (WebServer server = server();
        Machine machine =
            start(
                "health-pi", new PiFirmware(PiModel.PI4, false), BaseDisk.forRaspberryPi(first))) {
      HealthRounds.becomesDefault(machine, second, 2);

      machine.run("printf '[update]\\nreboot = \"now\"\\n' >>/etc/tiu/tiu.toml");
      Updates.update(machine, panics);
      machine.reboot(TRY_AND_BACK);
      for (int left = 2; left > 0; left--) {
        assertThat(HealthRounds.running(machine)).isEqualTo(2);
        assertThat(HealthRounds.snapshots(machine)).doesNotContain("3 bad");
        // Nobody asks for it: the machine tries again by itself.
        machine.awaitBoot(TRY_AND_BACK);
      }
      HealthRounds.isLeft(machine, 2, 3);
      machine.run("sed -i '/^.update.$/,$d' /etc/tiu/tiu.toml");
      HealthRounds.updatesByTimer(machine, server, 4);
    }
  }
}
