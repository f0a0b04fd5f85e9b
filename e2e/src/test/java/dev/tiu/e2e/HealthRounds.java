package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestResult;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.WebServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a machine with tiu's health service goes through with nobody at the keyboard. */
final class HealthRounds {
  /** The checks of tiu's own wait ten minutes for a boot that doesn't end. */
  private static final Duration VERDICT = Duration.ofMinutes(15);

  private static final String EVENTS = "MESSAGE_ID=aac174ec1f3347ae90d09294cea93b6e";

  private HealthRounds() {}

  private static String said(Machine machine, String script, Duration limit) throws IOException {
    GuestResult result = machine.run(script, limit);
    assertThat(result.succeeded()).as(result.output()).isTrue();
    return result.output();
  }

  /** Waits for this boot's, and gives what the service said. */
  static String verdict(Machine machine) throws IOException {
    String service =
        said(
            machine,
            """
            until systemctl --quiet is-active tiu-health || systemctl --quiet is-failed tiu-health
            do sleep 1; done
            journalctl -u tiu-health -b -o cat --no-pager
            """,
            VERDICT);
    System.out.println(service);
    return service;
  }

  /** {@code 1 good default, 2 bad (why)}. */
  static String snapshots(Machine machine) throws IOException {
    List<String> all = new ArrayList<>();
    for (JsonNode snapshot : new ObjectMapper().readTree(machine.run("tiu list --json"))) {
      String reason = snapshot.path("reason").asText("");
      all.add(
          snapshot.path("number").asInt()
              + (" " + snapshot.path("state").asText())
              + (snapshot.path("isDefault").asBoolean() ? " default" : "")
              + (reason.isEmpty() ? "" : " (" + reason + ")"));
    }
    return String.join(", ", all);
  }

  /** The snapshot that runs, by its root. */
  static int running(Machine machine) throws IOException {
    String source = machine.run("findmnt --noheadings --output SOURCE /");
    return Integer.parseInt(source.replaceFirst(".*/([0-9]+)/snapshot]$", "$1"));
  }

  /** What tiu's entries in the journal say happened in all boots, {@code good 2}. */
  static List<String> events(Machine machine) throws IOException {
    List<String> events = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    String journal = machine.run("journalctl -o json --no-pager " + EVENTS);
    for (String line : journal.lines().toList()) {
      JsonNode entry = json.readTree(line);
      events.add(
          (entry.path("TIU_EVENT").asText() + " " + entry.path("TIU_SNAPSHOT").asText()).strip());
    }
    return events;
  }

  /** What runs on trial gets a good verdict. */
  private static void isAccepted(Machine machine, int number) throws IOException {
    assertThat(running(machine)).isEqualTo(number);
    assertThat(verdict(machine)).contains("Snapshot %d is good, and the default".formatted(number));
    assertThat(snapshots(machine)).contains(number + " good default");
  }

  /** The default runs again, as none of the other's boots came to a verdict. */
  static void isLeft(Machine machine, int before, int number) throws IOException {
    assertThat(running(machine)).isEqualTo(before);
    assertThat(verdict(machine)).contains("Snapshot %d, the default, is healthy".formatted(before));
    assertThat(snapshots(machine))
        .contains(number + " bad (none of its trial boots came up", before + " good default");
  }

  /**
   * From the default to that image, which is tried, and becomes the default by itself.
   *
   * @param number of the snapshot that it becomes
   */
  static void becomesDefault(Machine machine, TestBundle image, int number) throws IOException {
    assertThat(Updates.update(machine, image)).contains("is on trial from the next boot on");
    machine.run("echo edited >/etc/late-" + number);
    machine.reboot(Machine.BOOT);
    isAccepted(machine, number);
    assertThat(machine.run("cat /etc/late-" + number)).isEqualTo("edited");
    assertThat(events(machine)).endsWith("good " + number);
  }

  /**
   * From the default to that image, which comes up and isn't healthy: the machine goes back by
   * itself, and doesn't update to it again.
   */
  static void isRejected(Machine machine, TestBundle image, int number, String reason)
      throws IOException {
    int before = running(machine);
    Updates.update(machine, image);
    machine.reboot(Machine.BOOT);
    assertThat(running(machine)).as("on trial").isEqualTo(number);
    machine.awaitBoot(VERDICT);
    assertThat(running(machine)).as("back").isEqualTo(before);
    assertThat(verdict(machine)).contains("Snapshot %d, the default, is healthy".formatted(before));
    assertThat(snapshots(machine)).contains(number + " bad (", reason, before + " good default");
    assertThat(machine.run("tiu health report " + number)).contains("FAILED", reason);
    assertThat(events(machine)).contains("bad " + number);
    Updates.mountShare(machine);
    assertThat(machine.run("tiu update /run/share/ 2>&1 || true"))
        .contains("is skipped, as it is known to be bad since snapshot " + number);
  }

  /** From the default to that image, which never gets as far as a verdict. */
  static void isLeftAfterItsTries(Machine machine, TestBundle image, int number)
      throws IOException {
    int before = running(machine);
    Updates.update(machine, image);
    Machine.Boot back = machine.reboot(Duration.ofMinutes(30));
    System.out.println("back after " + back.starts() + " starts, " + back.time());
    assertThat(back.starts() - 1).as("three tries, and the default").isEqualTo(4);
    isLeft(machine, before, number);
  }

  /** The same where each boot comes far enough to take a test's orders, and hangs then. */
  static void hangsAndIsLeft(Machine machine, TestBundle image, int number) throws IOException {
    int before = running(machine);
    Updates.update(machine, image);
    machine.reboot(Machine.BOOT);
    for (int boot = 2; boot <= 4; boot++) {
      System.out.println("boot %d after %s".formatted(boot, machine.awaitBoot(VERDICT).time()));
    }
    isLeft(machine, before, number);
  }

  /**
   * The timer finds the image on a web server, and all that follows goes by itself.
   *
   * @param number of the snapshot that it becomes
   */
  static void updatesByTimer(Machine machine, WebServer server, int number) throws IOException {
    machine.run(
        """
        cat >>/etc/tiu/tiu.toml <<END
        [update]
        source = "%s"
        reboot = "now"
        END
        mkdir -p /etc/systemd/system/tiu-update.timer.d
        cat >/etc/systemd/system/tiu-update.timer.d/soon.conf <<END
        [Timer]
        OnCalendar=
        OnCalendar=*:*:0/20
        RandomizedDelaySec=0
        AccuracySec=1s
        END
        systemctl daemon-reload
        systemctl restart tiu-update.timer
        """
            .formatted(server.address()));
    machine.awaitBoot(Duration.ofMinutes(30));
    isAccepted(machine, number);
    assertThat(server.requests()).anyMatch(line -> line.startsWith("GET /channel.json "));
    assertThat(events(machine))
        .containsSubsequence("updated " + number, "reboot", "good " + number);
    assertThat(
            said(
                machine,
                """
                until journalctl -b -u tiu-update -o cat --no-pager | grep 'has nothing newer'
                do sleep 1; done
                """,
                VERDICT))
        .as("and the timer goes on")
        .contains("has nothing newer");
  }
}
