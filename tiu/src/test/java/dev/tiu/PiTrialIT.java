package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trials on a Raspberry Pi, whose firmware tries once when it is asked at a reboot: tiu counts the
 * tries. What systemd says of the shutdown, a program of the test's says.
 */
final class PiTrialIT {
  private static final Tiu TIU = Tiu.now();
  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      case $1 in
        list-jobs) cat /run/jobs ;;
        show) echo shutdown.target ;;
        *) exit 1 ;;
      esac
      """;

  @TempDir static Path directory;
  private static SampleSystems samples;

  private LoaderMachine machine;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    for (String version : List.of("1", "2")) {
      Path trees = samples.tree("v" + version).resolve("usr/lib/linux-image-6.1.0-" + version);
      Files.createDirectories(trees.resolve("broadcom"));
      Files.writeString(trees.resolve("broadcom/bcm2711-rpi-4-b.dtb"), "tree");
    }
    samples.packWithKernels("1", "2");
  }

  @BeforeEach
  void armTrial() throws IOException {
    machine = LoaderMachine.install(directory, samples, "pi");
    machine.judgeBy(machine.top(), "");
    Files.writeString(
        machine.etc(1).resolve("tiu/tiu.toml"), "tryboot = true\n", StandardOpenOption.APPEND);
    machine.system().program("systemctl", SYSTEMCTL);
    Files.createDirectories(machine.system().run());
    assertThat(
            tiu(
                "update",
                "--keyring",
                "/mnt" + samples.keyring(),
                "/mnt" + directory.resolve("v2-2.tiu")))
        .contains("Snapshot 2, version 2, is on trial from the next boot on, for 3 boots");
    assertThat(machine.system().run().resolve("systemd/reboot-param")).hasContent("0 tryboot");
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  /** By snapshot 1. */
  private String tiu(Object... arguments) throws IOException {
    return machine.start(1, arguments).run().text();
  }

  private void goDown(String job) throws IOException {
    Files.writeString(
        machine.system().run().resolve("jobs"), "812 %s.target start waiting\n".formatted(job));
    tiu("etc", "finish");
  }

  /** The default starts, in another boot than the one before. */
  private String start() throws IOException {
    machine.makeEarlier(2, "trial");
    machine.makeEarlier(2, "trial-waits");
    Command.of("rm", "-rf", "" + machine.system().run().resolve("systemd")).run();
    return tiu("booted");
  }

  private void assertIsToBeTriedAgain() {
    assertThat(machine.system().run().resolve("systemd/reboot-param")).hasContent("0 tryboot");
  }

  @Test
  void default_that_starts_after_a_reboot_means_that_a_try_was_made() throws Exception {
    goDown("reboot");
    assertThat(start()).contains("2 boots left");
    assertIsToBeTriedAgain();
    goDown("reboot");
    assertThat(start()).contains("1 boot left");
    goDown("reboot");
    assertThat(start()).contains("Snapshot 2 is bad: none of its trial boots came up");
    assertThat(machine.system().run().resolve("systemd/reboot-param")).doesNotExist();
  }

  @Test
  void machine_that_was_only_switched_off_has_tried_nothing() throws Exception {
    goDown("poweroff");
    assertThat(start()).contains("3 boots left");
    assertIsToBeTriedAgain();
    goDown("reboot");
    assertThat(start()).contains("2 boots left");
  }
}
