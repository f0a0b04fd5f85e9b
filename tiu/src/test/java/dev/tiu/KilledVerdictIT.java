package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills {@code tiu health verdict} with SIGKILL at calls that write, lets the machine boot what its
 * loader starts then, and give its verdict there: it ends where a verdict that nothing interrupts
 * does. The one check is whether a file is there.
 */
final class KilledVerdictIT {
  private static final Tiu TIU = Tiu.now();
  private static final int KILLED = 137;

  /** What a verdict changes a device with. */
  private static final List<String> CALLS = List.of("ioctl", "renameat2", "fsync");

  @TempDir private static Path directory;
  private static Path onTrial;
  private static Path onTrialByUBoot;
  private static Path failedTwice;

  @BeforeAll
  static void prepare() throws IOException {
    SampleSystems samples = SampleSystems.make(directory, TIU);
    samples.packWithKernels("1", "2");
    onTrial = directory.resolve("on-trial");
    onTrialByUBoot = directory.resolve("on-trial-by-u-boot");
    failedTwice = directory.resolve("failed-twice");
    try (LoaderMachine machine = LoaderMachine.install(directory, samples, "u-boot")) {
      beginTrial(machine, samples);
      machine.save(onTrialByUBoot);
    }
    try (LoaderMachine machine = LoaderMachine.install(directory, samples)) {
      beginTrial(machine, samples);
      machine.save(onTrial);
      heal();
      start(machine, 2, "health", "verdict");
      Files.writeString(machine.place(2).resolve("tiu/failed-boots"), "another boot\n2\n");
      machine.save(failedTwice);
    }
  }

  private static void beginTrial(LoaderMachine machine, SampleSystems samples) throws IOException {
    machine.judgeBy(healthy(), "");
    String update = "/mnt" + directory.resolve("v2-2.tiu");
    start(machine, 1, "update", "--keyring", "/mnt" + samples.keyring(), update);
    machine.countTry();
    start(machine, 2, "booted");
  }

  private static Path healthy() {
    return directory.resolve("healthy");
  }

  private static void heal() throws IOException {
    Files.writeString(healthy(), "");
  }

  private static void hurt() throws IOException {
    Files.deleteIfExists(healthy());
  }

  private static void start(LoaderMachine machine, int running, Object... arguments)
      throws IOException {
    Command.Result unused =
        machine.start(running, arguments).accepting(0, ExitCode.UNHEALTHY.number()).run();
  }

  /** What the loader starts now, having counted. */
  private static int boot(LoaderMachine machine) throws IOException {
    JsonNode loader = machine.loader();
    if (loader.path("triesLeft").asInt() > 0) {
      int trial = loader.path("trial").asInt();
      machine.countTry();
      return trial;
    }
    return loader.path("isDefault").asInt();
  }

  private static String outcome(LoaderMachine machine) throws IOException {
    Map<Integer, String> states = new TreeMap<>();
    for (JsonNode snapshot : machine.json("list")) {
      states.put(
          snapshot.path("number").asInt(),
          snapshot.path("state").asText()
              + (snapshot.path("isDefault").asBoolean() ? ", default" : ""));
    }
    return "%s; the loader starts %s".formatted(states, machine.next());
  }

  /** Whether the verdict was killed; false if it makes fewer such calls, and so ended well. */
  private static boolean killAt(String call, int n, Path saved, String expected)
      throws IOException {
    String where = "killed at %s number %d".formatted(call, n);
    try (LoaderMachine machine = LoaderMachine.copyOf(saved, directory)) {
      int code =
          machine
              .startBy(Strace.killing(call, n), 2, "health", "verdict")
              .accepting(0, ExitCode.UNHEALTHY.number(), KILLED)
              .run()
              .exitCode();
      if (code == KILLED) {
        // As the machine goes on after a power cut.
        int next = boot(machine);
        start(machine, next, "booted");
        start(machine, next, "health", "verdict");
      }
      assertThat(outcome(machine)).as(where).isEqualTo(expected);
      return code == KILLED;
    }
  }

  private static void killEverywhere(Path saved, String expected) throws IOException {
    int kills = 0;
    for (String call : CALLS) {
      int n = 1;
      while (killAt(call, n, saved, expected)) {
        n = KilledCommandIT.next(n, place -> place + Math.max(1, place / 2));
        kills++;
      }
    }
    assertThat(kills).as("places where the verdict was killed").isGreaterThan(5);
  }

  @Test
  void trial_is_good_in_the_end_however_its_verdict_was_cut_off() throws Exception {
    heal();
    killEverywhere(onTrial, "{1=good, 2=good, default}; the loader starts 2");
  }

  /** The default and the count are in two files there. */
  @Test
  void trial_that_u_boot_counts_is_good_in_the_end_however_its_verdict_was_cut_off()
      throws Exception {
    heal();
    killEverywhere(onTrialByUBoot, "{1=good, 2=good, default}; the loader starts 2");
  }

  @Test
  void count_that_did_not_hear_of_the_trial_s_end_is_put_right_by_the_next_boot() throws Exception {
    heal();
    try (LoaderMachine machine = LoaderMachine.copyOf(onTrialByUBoot, directory)) {
      Path count = machine.boot().resolve("tiu/uboot.env");
      byte[] counting = Files.readAllBytes(count);
      start(machine, 2, "health", "verdict");
      Files.write(count, counting);
      assertThat(boot(machine)).isEqualTo(2);
      start(machine, 2, "booted");
      assertThat(outcome(machine)).isEqualTo("{1=good, 2=good, default}; the loader starts 2");
    }
  }

  @Test
  void trial_is_bad_in_the_end_however_its_verdict_was_cut_off() throws Exception {
    hurt();
    killEverywhere(onTrial, "{1=good, default, 2=bad}; the loader starts 1");
  }

  @Test
  void default_that_failed_too_often_is_left_however_its_verdict_was_cut_off() throws Exception {
    hurt();
    killEverywhere(failedTwice, "{1=good, default, 2=bad}; the loader starts 1");
  }
}
