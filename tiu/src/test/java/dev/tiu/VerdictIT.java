package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Verdicts by health checks on a machine with a boot loader, on btrfs. What the loader's script
 * does at a start, the test does. The one check is whether a file in /var is there.
 */
final class VerdictIT {
  private static final Tiu TIU = Tiu.now();

  @TempDir static Path directory;
  private static SampleSystems samples;

  private LoaderMachine machine;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    Command.of("cp", "-a", "" + samples.tree("v2"), "" + samples.tree("v3")).run();
    samples.packWithKernels("1", "2", "3");
  }

  @BeforeEach
  void install() throws IOException {
    machine = LoaderMachine.install(directory, samples);
    machine.judgeBy(healthy(), "[update]\nkeep = 2");
    heal();
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  private Path healthy() {
    return machine.top().resolve("@/var/healthy");
  }

  private void heal() throws IOException {
    Files.writeString(healthy(), "");
  }

  private void hurt() throws IOException {
    Files.delete(healthy());
  }

  private String tiu(int running, Object... arguments) throws IOException {
    return machine.start(running, arguments).run().text();
  }

  /** Ends with 12, as a required check failed. */
  private String unhealthy(int running) throws IOException {
    Command.Result result =
        machine.start(running, "health", "verdict").accepting(ExitCode.UNHEALTHY.number()).run();
    assertThat(result.exitCode()).as(result.text()).isEqualTo(ExitCode.UNHEALTHY.number());
    return result.text();
  }

  private void update(int running, int version) throws IOException {
    tiu(
        running,
        "update",
        "--keyring",
        "/mnt" + samples.keyring(),
        "/mnt" + directory.resolve("v%d-%d.tiu".formatted(version, version)));
  }

  private String states() throws IOException {
    StringBuilder states = new StringBuilder();
    for (JsonNode snapshot : machine.json("list")) {
      states
          .append(snapshot.path("number").asInt())
          .append(snapshot.path("isDefault").asBoolean() ? " default " : " ")
          .append(snapshot.path("state").asText())
          .append(", ");
    }
    return states.toString();
  }

  private void tryUpdate(int running, int version) throws IOException {
    update(running, version);
    machine.countTry();
    tiu(version, "booted");
  }

  @Test
  void trial_whose_checks_pass_becomes_the_default_and_older_ones_go() throws Exception {
    tryUpdate(1, 2);
    assertThat(tiu(2, "health", "verdict")).contains("Snapshot 2 is good, and the default");
    assertThat(states()).isEqualTo("1 good, 2 default good, ");
    assertThat(machine.loader().path("isDefault").asInt()).isEqualTo(2);
    assertThat(machine.loader().has("trial")).isFalse();
    tryUpdate(2, 3);
    assertThat(tiu(3, "health", "verdict")).contains("Removed snapshot 1");
    assertThat(states()).isEqualTo("2 good, 3 default good, ");
  }

  @Test
  void trial_whose_checks_fail_is_bad_and_its_image_is_not_tried_again() throws Exception {
    tryUpdate(1, 2);
    hurt();
    assertThat(unhealthy(2)).contains("Snapshot 2 is bad (app: /usr/bin/test ended with 1)");
    assertThat(states()).isEqualTo("1 default good, 2 bad, ");
    assertThat(machine.loader().has("trial")).isFalse();
    assertThat(tiu(1, "health", "report", "2")).contains("app", "required", "FAILED");
    tiu(1, "gc");
    assertThat(states()).as("and the report with it").isEqualTo("1 default good, ");
    Command.Result again =
        machine
            .start(
                1,
                "update",
                "--keyring",
                "/mnt" + samples.keyring(),
                "/mnt" + directory.resolve("v2-2.tiu"))
            .accepting(ExitCode.UNFIT.number())
            .run();
    assertThat(again.errorTail()).contains("known to be bad since snapshot 2");
  }

  @Test
  void default_that_fails_three_boots_running_gives_its_place_to_another_good_one()
      throws Exception {
    tryUpdate(1, 2);
    tiu(2, "health", "verdict");
    hurt();
    assertThat(unhealthy(2)).contains("the machine boots it again, for the 2nd of 3 times");
    assertThat(unhealthy(2)).as("the same boot counts once").contains("2nd of 3");
    assertThat(states()).isEqualTo("1 good, 2 default good, ");
    failedBefore(2, 2);
    assertThat(unhealthy(2)).contains("snapshot 1 is the default and boots");
    assertThat(states()).isEqualTo("1 default good, 2 bad, ");
    assertThat(machine.loader().path("isDefault").asInt()).isEqualTo(1);
  }

  /** Of boots before this one. */
  private void failedBefore(int number, int times) throws IOException {
    Files.writeString(
        machine.place(number).resolve("tiu/failed-boots"), "another boot\n" + times + "\n");
  }

  @Test
  void good_boot_forgets_the_failed_ones() throws Exception {
    failedBefore(1, 2);
    assertThat(tiu(1, "health", "verdict")).contains("Snapshot 1, the default, is healthy");
    hurt();
    assertThat(unhealthy(1)).contains("2nd of 3");
  }

  @Test
  void machine_with_nothing_else_to_boot_stays_up() throws Exception {
    failedBefore(1, 2);
    hurt();
    assertThat(unhealthy(1)).contains("isn't healthy", "no other one is left to boot", "stays up");
    assertThat(states()).isEqualTo("1 default good, ");
    assertThat(unhealthy(1)).as("and again").contains("stays up");
  }

  @Test
  void default_stays_good_where_nothing_can_take_its_place() throws Exception {
    tryUpdate(1, 2);
    tiu(2, "health", "verdict");
    // So that snapshot 1 can't be published.
    Command.of("rm", "-rf", "" + machine.boot().resolve("tiu/entries/1")).run();
    Path root = machine.place(1).resolve("snapshot");
    Command.of("btrfs", "property", "set", "" + root, "ro", "false").run();
    Command.of("rm", "-rf", "" + root.resolve("usr/lib/modules"), "" + root.resolve("boot")).run();
    failedBefore(2, 2);
    hurt();
    assertThat(unhealthy(2)).contains("isn't healthy", "The machine stays up");
    assertThat(states()).isEqualTo("1 good, 2 default good, ");
    heal();
    assertThat(tiu(2, "health", "verdict")).contains("Snapshot 2, the default, is healthy");
  }

  @Test
  void snapshot_for_recovery_boots_when_no_good_one_is_left() throws Exception {
    tryUpdate(1, 2);
    tiu(2, "health", "verdict");
    tiu(2, "mark-bad", "1", "--reason", "too old");
    failedBefore(2, 2);
    hurt();
    assertThat(unhealthy(2)).as("without one").contains("no other one is left to boot");
    Files.writeString(
        machine.etc(2).resolve("tiu/tiu.toml"), "recovery = 1\n", StandardOpenOption.APPEND);
    assertThat(unhealthy(2)).contains("snapshot 1 is the default and boots");
    assertThat(machine.loader().path("isDefault").asInt()).isEqualTo(1);
    failedBefore(1, 2);
    assertThat(unhealthy(1)).as("and if that fails").contains("The machine stays up");
    assertThat(machine.loader().path("isDefault").asInt()).isEqualTo(1);
  }

  @Test
  void check_that_can_not_be_read_has_failed_and_stops_no_verdict() throws Exception {
    Path link = machine.etc(1).resolve("tiu/health.d/lost.toml");
    Files.createSymbolicLink(link, Path.of("nowhere"));
    assertThat(tiu(1, "health", "verdict")).contains("Snapshot 1, the default, is healthy");
    assertThat(tiu(1, "health", "report")).contains("lost", "lost.toml can't be understood");
  }

  @Test
  void machine_whose_boot_partition_is_not_mounted_gives_no_verdict_on_a_trial() throws Exception {
    tryUpdate(1, 2);
    Path settings = machine.etc(2).resolve("tiu/tiu.toml");
    Files.writeString(
        settings, Files.readString(settings).replaceAll("(?m)^(loader|directory) = .*\\R", ""));
    assertThat(
            machine
                .start(2, "health", "verdict")
                .accepting(ExitCode.BOOT.number())
                .run()
                .errorTail())
        .contains("This machine is started by grub, and its boot partition isn't mounted");
    assertThat(states()).isEqualTo("1 default good, 2 trying, ");
  }

  @Test
  void trial_that_is_bad_is_left_also_if_the_boot_loader_can_not_be_told() throws Exception {
    tryUpdate(1, 2);
    Command.of("mount", "-o", "remount,ro", "" + machine.boot()).run();
    Command.Result verdict =
        machine
            .start(2, "health", "verdict", "--failed", "it was asked to")
            .accepting(ExitCode.BOOT.number())
            .run();
    assertThat(verdict.exitCode()).isEqualTo(ExitCode.BOOT.number());
    assertThat(verdict.errorTail())
        .contains("There is no verdict on snapshot 2, which is on trial: the machine reboots");
  }

  @Test
  void trial_that_is_bad_already_in_this_boot_is_left_again() throws Exception {
    tryUpdate(1, 2);
    hurt();
    assertThat(unhealthy(2)).contains("Snapshot 2 is bad", "snapshot 1 boots again");
    assertThat(unhealthy(2)).as("the reboot failed").contains("the default boots again");
  }

  @Test
  void verdict_that_was_cut_off_is_carried_out_by_the_next_one() throws Exception {
    tryUpdate(1, 2);
    tiu(2, "health", "verdict");
    // What was written before the switch to 1 was lost.
    Path info = machine.place(2).resolve("info.xml");
    Files.writeString(info, Files.readString(info).replace(">good<", ">bad<"));
    assertThat(states()).isEqualTo("1 good, 2 default bad, ");
    assertThat(unhealthy(2)).contains("snapshot 1 is the default and boots");
    assertThat(states()).isEqualTo("1 default good, 2 bad, ");
  }

  private void goThroughAnotherBoot() throws IOException {
    machine.makeEarlier(2, "gone-on");
    Files.deleteIfExists(rebootNeeded());
  }

  private Path rebootNeeded() {
    return machine.system().run().resolve("tiu/reboot-needed");
  }

  @Test
  void machine_that_reboots_by_itself_goes_on_with_a_trial_only_if_its_tries_are_counted()
      throws Exception {
    machine.judgeBy(healthy(), "[update]\nreboot = \"now\"");
    update(1, 2);
    machine.countTry();
    tiu(1, "booted");
    assertThat(tiu(1, "health", "verdict")).contains("Snapshot 1, the default, is healthy");
    assertThat(rebootNeeded()).hasContent("Snapshot 2 is still to be tried");

    goThroughAnotherBoot();
    machine.countTry();
    Command.Result counted = machine.start(1, "health", "verdict").run();
    assertThat(counted.errorTail()).doesNotContain("still to be tried");
    assertThat(rebootNeeded()).exists();

    goThroughAnotherBoot();
    Command.Result notCounted = machine.start(1, "health", "verdict").run();
    assertThat(notCounted.errorTail())
        .contains("Snapshot 2 is still to be tried, as it was at the last boot")
        .contains("doesn't reboot by itself");
    assertThat(rebootNeeded()).doesNotExist();
  }

  @Test
  void machine_that_is_rebooted_by_people_is_not_asked_to_go_on() throws Exception {
    Files.deleteIfExists(rebootNeeded());
    machine.judgeBy(healthy(), "[update]\nreboot = \"notify\"");
    update(1, 2);
    machine.countTry();
    tiu(1, "booted");
    tiu(1, "health", "verdict");
    assertThat(rebootNeeded()).doesNotExist();
  }

  @Test
  void system_that_somebody_chose_in_the_menu_is_checked_and_nothing_follows() throws Exception {
    tryUpdate(1, 2);
    tiu(2, "health", "verdict");
    hurt();
    assertThat(unhealthy(1)).contains("was chosen in the boot menu", "nothing follows from that");
    assertThat(states()).isEqualTo("1 good, 2 default good, ");
  }
}
