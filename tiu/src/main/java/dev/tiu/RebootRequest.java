package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Reboots as [update] reboot says. */
  void byPolicy(Optional<String> reason) throws IOException {
    switch (settings.reboot()) {
      case NOW -> whenPossible(reason);
      case WINDOW -> inWindow(reason);
      case NOTIFY, MANUAL -> {
        // A person's matter.
      }
    }
  }

  /** Reboots in an open window; else later, when tiu-reboot.timer asks again. */
  private void inWindow(Optional<String> reason) throws IOException {
    Instant now = clock.instant();
    for (MaintenanceWindow window : settings.windows()) {
      if (window.isOpen(now)) {
        whenPossible(reason);
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

  /**
   * Reboots, unless somebody is against it: then it is said, and tiu-reboot.timer asks again.
   *
   * @param reason as the hooks are told
   */
  void whenPossible(Optional<String> reason) throws IOException {
    if (isInhibited()) {
      return;
    }
    Map<String, String> told = new LinkedHashMap<>();
    reason.ifPresent(line -> told.put("TIU_REASON", line));
    new Hooks(root, console).require(Hooks.Moment.PRE_REBOOT, told);
    warn();
    // Who was warned may have taken a lock since.
    if (!isInhibited()) {
      reboot();
    }
  }

  private boolean isInhibited() throws IOException {
    Optional<String> against = inhibitors();
    against.ifPresent(who -> console.print("No reboot now, as programs are against it: " + who));
    return against.isPresent();
  }

  /** Of locks that block, not only delay; in one line. */
  private static Optional<String> inhibitors() throws IOException {
    String answer;
    try {
      answer =
          Command.of(
                  "busctl",
                  "--json=short",
                  "call",
                  "org.freedesktop.login1",
                  "/org/freedesktop/login1",
                  "org.freedesktop.login1.Manager",
                  "ListInhibitors")
              .timeLimit(TIME_LIMIT)
              .run()
              .text();
    } catch (CommandException e) {
      // Without logind nobody can hold one.
      return Optional.empty();
    }
    return blocking(new ObjectMapper().readTree(answer));
  }

  /** Of {@code data: [[[what, who, why, mode, uid, pid], …]]}; WHAT is several, with colons. */
  static Optional<String> blocking(JsonNode answer) {
    List<String> against = new ArrayList<>();
    for (JsonNode lock : answer.path("data").path(0)) {
      List<String> what = List.of(lock.path(0).asText().split(":", -1));
      if (what.contains("shutdown") && lock.path(3).asText().equals("block")) {
        against.add(
            "%s (%s, process %d)"
                .formatted(lock.path(1).asText(), lock.path(2).asText(), lock.path(5).asInt()));
      }
    }
    return against.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", against));
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
    new EventLog(root, clock, console).add("reboot", "The machine reboots", Map.of());
    console.print("The machine reboots");
    Reboot.request(console);
  }
}
