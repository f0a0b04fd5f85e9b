package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When a machine reboots by itself, after an automatic update and out of a system that is bad. In
 * the place of systemd and its friends are programs that note what they are asked for.
 */
final class RebootPolicyIT {
  private static final Tiu TIU = Tiu.now();

  /** Does a reboot, unless {@code /run/refused} has the way in which it is asked for. */
  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      case "$*" in
        *reboot*)
          echo "$*" >>/run/asked
          ! grep -qxF -e "$*" /run/refused ;;
        *) exit 1 ;;
      esac
      """;

  private static final String NOBODY = "{\"type\":\"a(ssssuu)\",\"data\":[[]]}";
  private static final String BACKUP =
      "{\"type\":\"a(ssssuu)\",\"data\":[[[\"shutdown\",\"backup\",\"copying\",\"block\",0,812]]]}";

  /** Never open while this test runs; and always. */
  private static final String CLOSED = "[{ start = \"2199-01-01 02:00\", duration = \"1h\" }]";

  private static final String OPEN = "[{ start = \"*-*-* 00:00\", duration = \"24h\" }]";

  private static final String POLITELY = "--no-block --no-wall reboot";
  private static final String FIRMLY =
      "--no-block --job-mode=replace-irreversibly start reboot.target";

  @TempDir static Path directory;
  private static SampleSystems samples;

  private LoaderMachine machine;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    samples.packWithKernels("1", "2");
  }

  @BeforeEach
  void install() throws IOException {
    machine = LoaderMachine.install(directory, samples);
    Command.of("rm", "-rf", "" + run("")).run();
    Files.createDirectories(run("systemd/system"));
    Files.writeString(run("refused"), "");
    Files.writeString(run("locks"), NOBODY);
    Files.writeString(run("sessions"), "");
    machine.system().program("systemctl", SYSTEMCTL);
    machine.system().program("busctl", "#!/bin/sh\nexec cat /run/locks\n");
    machine.system().program("who", "#!/bin/sh\nexec cat /run/sessions\n");
    machine.system().program("wall", "#!/bin/sh\necho \"$*\" >>/run/told\n");
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  private Path run(String file) {
    return machine.system().run().resolve(file);
  }

  /** What systemctl was asked for. */
  private String asked() throws IOException {
    return Files.exists(run("asked")) ? Files.readString(run("asked")).strip() : "";
  }

  private void set(String policy) throws IOException {
    machine.judgeBy(machine.top(), "[update]\non-battery = true\n" + policy);
  }

  private String tiu(int running, Object... arguments) throws IOException {
    return machine.start(running, arguments).run().text();
  }

  private String update() throws IOException {
    return tiu(
        1,
        "update",
        "--automatic",
        "--keyring",
        "/mnt" + samples.keyring(),
        "/mnt" + directory.resolve("v2-2.tiu"));
  }

  @Test
  void at_once() throws Exception {
    set("reboot = \"now\"");
    update();
    assertThat(asked()).isEqualTo(POLITELY);
  }

  @Test
  void with_the_reason_for_hooks() throws Exception {
    Path hooks = Files.createDirectories(machine.etc(1).resolve("tiu/hooks.d/pre-reboot"));
    Path hook = Files.writeString(hooks.resolve("note"), "#!/bin/sh\necho $TIU_REASON >/run/why\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String policy : List.of("reboot = \"now\"", "reboot = \"window\"\nwindows = " + OPEN)) {
      set(policy);
      update();
      assertThat(run("why")).as(policy).content().contains("Snapshot 2");
      Files.delete(run("why"));
    }
  }

  @Test
  void never_but_people_are_told() throws Exception {
    set("reboot = \"notify\"");
    update();
    assertThat(run("motd.d/tiu")).content().contains("Snapshot 2", "Reboot the machine: `tiu");
    assertThat(tiu(1, "reboot", "--if-needed")).isEmpty();
    assertThat(asked()).isEmpty();
  }

  @Test
  void in_a_maintenance_window() throws Exception {
    set("reboot = \"window\"\nwindows = " + CLOSED);
    assertThat(update())
        .contains("The machine reboots in its maintenance window")
        .contains("The window '2199-01-01 02:00' begins at 2199-01-01T02:00:00Z");
    assertThat(tiu(1, "reboot", "--if-needed")).contains("begins at");
    assertThat(asked()).isEmpty();

    set("reboot = \"window\"\nwindows = " + OPEN);
    tiu(1, "reboot", "--if-needed");
    assertThat(asked()).isEqualTo(POLITELY);
  }

  @Test
  void not_while_a_program_is_against_it() throws Exception {
    set("reboot = \"now\"");
    Files.writeString(run("locks"), BACKUP);
    assertThat(update())
        .contains("No reboot now, as programs are against it: backup (copying, process 812)");
    assertThat(asked()).isEmpty();
    Files.writeString(run("locks"), NOBODY);
    tiu(1, "reboot", "--if-needed");
    assertThat(asked()).isEqualTo(POLITELY);
  }

  @Test
  void people_who_are_logged_in_are_warned_before_it() throws Exception {
    set("reboot = \"now\"\nwarning = \"1s\"");
    Files.writeString(run("sessions"), "root     pts/0        2026-01-01 12:00 (192.0.2.1)\n");
    assertThat(update()).contains("Somebody is logged in, and has 1 second until the reboot");
    assertThat(run("told")).hasContent("tiu: this machine reboots in 1 second, for an update");
    assertThat(asked()).isEqualTo(POLITELY);
  }

  @Test
  void not_any_more_when_what_runs_is_what_boots_next() throws Exception {
    set("reboot = \"window\"\nwindows = " + CLOSED);
    update();
    tiu(1, "mark-bad", "2");
    set("reboot = \"window\"\nwindows = " + OPEN);
    assertThat(tiu(1, "reboot", "--if-needed")).contains("No reboot is needed any more");
    assertThat(asked()).isEmpty();
  }

  @Test
  void out_of_a_system_that_is_bad_also_when_systemd_is_at_something_else() throws Exception {
    set("reboot = \"manual\"");
    update();
    machine.countTry();
    tiu(2, "booted");
    Files.writeString(run("refused"), POLITELY + "\n");
    Command.Result verdict =
        machine
            .start(2, "health", "verdict", "--failed", "it was asked to")
            .accepting(ExitCode.UNHEALTHY.number())
            .run();
    assertThat(verdict.text()).contains("Snapshot 2 is bad (boot: it was asked to)");
    assertThat(asked()).isEqualTo(POLITELY + "\n" + FIRMLY);
  }
}
