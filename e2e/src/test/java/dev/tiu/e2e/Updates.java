package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.image.TiuProgram;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.GuestResult;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.pi.PiFirmware;
import dev.tiu.e2e.pi.PiModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What tests have in common whose machine updates itself from a directory of this one's. */
final class Updates {
  private static final Duration UPDATE = Duration.ofMinutes(25);
  private static final String WHAT_BOOTED =
      "systemctl is-system-running --wait >/run/state;"
          + " journalctl -u tiu-booted -b -o cat --no-pager; cat /run/state";

  private Updates() {}

  /** A directory with these images, as {@code v2.tiu} by their versions. */
  static Path share(Path directory, TestBundle... bundles) throws IOException {
    Path share = Files.createDirectory(directory.resolve("share"));
    for (TestBundle bundle : bundles) {
      Files.copy(bundle.file(), share.resolve("v" + bundle.version() + ".tiu"));
    }
    return share;
  }

  /** The same, published as a channel. */
  static Path channel(Path directory, TestBundle... bundles) throws IOException {
    Path share = share(directory, bundles);
    if (bundles.length > 0) {
      String unused =
          TiuProgram.built()
              .run(
                  "publish",
                  "" + share,
                  "--deltas",
                  "0",
                  "--keyring",
                  "" + bundles[0].keyring(),
                  "--key",
                  "" + bundles[0].keys().resolve("signer.key.pem"),
                  "--cert",
                  "" + bundles[0].keys().resolve("signer.crt.pem"));
    }
    return share;
  }

  /**
   * A Raspberry Pi 4, by the model of its firmware, with one image on its card and others to come.
   */
  static Machine raspberryPi(
      String name, TestBundle installed, Path directory, TestBundle... others) throws IOException {
    Path disk =
        Qcow2.overlay(BaseDisk.forRaspberryPi(installed).image(), directory.resolve("disk.qcow2"));
    return Machine.start(
        MachineSpec.of(name, GuestArchitecture.ARM64, new PiFirmware(PiModel.PI4, false), disk)
            .withShare(share(directory, others)));
  }

  /** Updates; gives what tiu said. */
  static String update(Machine machine, TestBundle to) throws IOException {
    mountShare(machine);
    GuestResult result =
        machine.run("time tiu update /run/share/v%s.tiu".formatted(to.version()), UPDATE);
    System.out.println(result.output());
    assertThat(result.succeeded()).as(result.output()).isTrue();
    return result.output();
  }

  /** Starts a machine, updates it and lets it go off: its disk's next boot is the trial's first. */
  static void arm(MachineSpec spec, TestBundle image) throws IOException {
    try (Machine machine = Machine.start(spec)) {
      machine.awaitBoot(Machine.BOOT);
      update(machine, image);
      machine.powerOff(Duration.ofMinutes(5));
    }
  }

  /** At {@code /run/share}. */
  static void mountShare(Machine machine) throws IOException {
    machine.run(
        """
        mkdir -p /run/share
        mountpoint -q /run/share \
          || mount -t 9p -o trans=virtio,version=9p2000.L,ro share /run/share
        """);
  }

  /** What tiu noted of this boot. */
  static String booted(Machine machine) throws IOException {
    return machine.run(WHAT_BOOTED);
  }

  /**
   * From snapshot 1 to 2, which has another kernel, as a trial that becomes the default; and back.
   */
  static void goThereAndBack(Machine machine, TestBundle second) throws IOException {
    machine.awaitBoot(Machine.BOOT);
    assertThat(booted(machine)).contains("Snapshot 1, the default, has booted");
    String kernel = machine.run("uname -r");
    assertThat(update(machine, second)).contains("is on trial from the next boot on, for 3 boots");
    machine.run("echo edited >/etc/late; echo kept >/var/late");

    assertThat(machine.reboot(Machine.BOOT).starts() - 1).as("boots").isEqualTo(1);
    assertThat(booted(machine)).contains("Snapshot 2 has booted on trial");
    assertThat(machine.run("uname -r")).isNotEqualTo(kernel);
    assertThat(machine.run("test -d /lib/modules/$(uname -r) && lsmod | grep -c '^btrfs '"))
        .isEqualTo("1");
    assertThat(machine.run("findmnt --noheadings --output SOURCE /"))
        .endsWith("[/@/.snapshots/2/snapshot]");
    assertThat(machine.run("cat /etc/late /var/late")).isEqualTo("edited\nkept");
    assertThat(machine.console().textSince(0)).contains("/etc of snapshot 2 was merged again");
    assertThat(machine.run("tiu list")).contains("trying").contains("on trial");
    assertThat(machine.run("tiu mark-good")).contains("Snapshot 2 is good, and the default");

    machine.reboot(Machine.BOOT);
    assertThat(booted(machine)).contains("Snapshot 2, the default, has booted");
    assertThat(machine.run("tiu rollback")).contains("Snapshot 1, version 1, is the default");
    machine.reboot(Machine.BOOT);
    assertThat(machine.run("uname -r")).isEqualTo(kernel);
    assertThat(booted(machine)).contains("Snapshot 1, the default, has booted");
  }

  /** To an image that never comes up; the loader counts. */
  static void tryInVain(Machine machine, TestBundle broken, int snapshot) throws IOException {
    String before = machine.run("findmnt --noheadings --output SOURCE /");
    update(machine, broken);
    Machine.Boot back = machine.reboot(Duration.ofMinutes(15));
    System.out.println("back after " + back.starts() + " starts, " + back.time());
    assertThat(back.starts() - 1).as("three tries, and the default").isEqualTo(4);
    assertThat(machine.run("findmnt --noheadings --output SOURCE /")).isEqualTo(before);
    assertThat(booted(machine))
        .contains("Snapshot %d is bad: none of its trial boots came up".formatted(snapshot));
    assertThat(machine.run("tiu list")).contains("none of its trial boots came up");
    machine.reboot(Machine.BOOT);
    assertThat(machine.run("findmnt --noheadings --output SOURCE /")).isEqualTo(before);
  }
}
