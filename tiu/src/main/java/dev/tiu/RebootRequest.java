package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A reboot of the running machine with manners: the admin's hooks may refuse it, whoever holds an
 * inhibitor lock too; who is logged in is warned and has time.
 */
final class RebootRequest {
  private static final Duration TIME_LIMIT = Duration.ofMinutes(1);

  private final Path root;
  private final UpdateSettings settings;
  private final Clock clock;
  private final Console console;

  RebootRequest(Path root, UpdateSettings settings, Clock clock, Console console) {
    this.root = root;
    this.settings = settings;
    this.clock = clock;
    this.console = console;
  }

  /** Reboots in an open window; else later, when tiu-reboot.timer asks again. */
  void inWindow() throws IOException {
    Instant now = clock.instant();
    for (MaintenanceWindow window : settings.windows()) {
      if (window.isOpen(now)) {
        whenPossible();
        return;
      }
    }
    for (MaintenanceWindow window : settings.windows()) {
      window
          .nextAfter(now)
          .ifPresent(
              next ->
                  console.print("The window '%s' begins at %s".formatted(window.start(), next)));
    }
  }

  /** Reboots, unless somebody is against it: then it is said, and tiu-reboot.timer asks again. */
  void whenPossible() throws IOException {
    Map<String, String> told = new LinkedHashMap<>();
    new RebootNeed(root).read().ifPresent(line -> told.put("TIU_REASON", line));
    new Hooks(root, console).require(Hooks.Moment.PRE_REBOOT, told);
    Optional<String> against = inhibitors();
    if (against.isPresent()) {
      console.print("No reboot now, as programs are against it: " + against.get());
      return;
    }
    warn();
    reboot();
  }

  /** Of locks that block, not only delay; in one line. */
  private static Optional<String> inhibitors() {
    try {
      String list =
          Command.of("systemd-inhibit", "--list", "--no-legend", "--no-pager", "--mode=block")
              .timeLimit(TIME_LIMIT)
              .run()
              .text();
      return blocking(list);
    } catch (CommandException e) {
      // Without logind nobody can hold one.
      return Optional.empty();
    }
  }

  /** WHO UID USER PID COMM WHAT WHY MODE, of which WHAT has {@code shutdown} in it. */
  static Optional<String> blocking(String list) {
    return list.lines()
        .map(line -> line.strip().replaceAll("\\s+", " "))
        .filter(line -> line.endsWith(" block") && line.matches(".*[ :]shutdown[ :].*"))
        .reduce((a, b) -> a + "; " + b);
  }

  private void warn() {
    try {
      String sessions = Command.of("who").timeLimit(TIME_LIMIT).run().text();
      if (sessions.isBlank()) {
        return;
      }
      long seconds = settings.warning().duration().toSeconds();
      console.print(
          "Somebody is logged in, and has %s until the reboot"
              .formatted(Console.count(seconds, "second")));
      Command.Result unused =
          Command.of(
                  "wall",
                  "tiu: this machine reboots in %s, for an update"
                      .formatted(Console.count(seconds, "second")))
              .timeLimit(TIME_LIMIT)
              .run();
      TimeUnit.SECONDS.sleep(seconds);
    } catch (CommandException e) {
      console.note("Who is logged in couldn't be told: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void reboot() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new IOException("the reboot was called off");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    new EventLog(root, clock, console).add("reboot", "The machine reboots", fields);
    console.print("The machine reboots");
    Reboot.request(console);
  }
}
