package dev.tiu;

import dev.tiu.health.probe.Finding;
import dev.tiu.health.probe.PowerProbe;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an update that nobody asked for takes into account. */
final class AutomaticUpdate {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(20);

  /** More than any battery has: power from outside is wanted. */
  private static final int NO_BATTERY_WILL_DO = 101;

  /** {@code NM_METERED_YES} and {@code NM_METERED_GUESS_YES} of NetworkManager's interface. */
  private static final List<String> METERED = List.of("u 1", "u 3");

  private final Path root;
  private final UpdateSettings settings;

  AutomaticUpdate(Path root, UpdateSettings settings) {
    this.root = root;
    this.settings = settings;
  }

  /** Why not now, if so. */
  Optional<String> obstacle() {
    if (!settings.onBattery()) {
      Finding power = new PowerProbe(root, NO_BATTERY_WILL_DO).look(TIME_LIMIT);
      if (!power.isGood()) {
        return Optional.of(
            "the machine is %s; [update] on-battery = true in tiu.toml allows that"
                .formatted(power.detail()));
      }
    }
    if (!settings.onMetered() && isMetered()) {
      return Optional.of(
          "the connection is metered; [update] on-metered = true in tiu.toml allows that");
    }
    return Optional.empty();
  }

  /** Where NetworkManager runs, as it knows; elsewhere nobody does. */
  private boolean isMetered() {
    if (!Files.isDirectory(root.resolve("run/NetworkManager"))) {
      return false;
    }
    try {
      String answer =
          Command.of(
                  "busctl",
                  "get-property",
                  "org.freedesktop.NetworkManager",
                  "/org/freedesktop/NetworkManager",
                  "org.freedesktop.NetworkManager",
                  "Metered")
              .timeLimit(TIME_LIMIT)
              .run()
              .text();
      return METERED.contains(answer);
    } catch (CommandException e) {
      return false;
    }
  }

  /** What becomes of the reboot, when another snapshot boots next. */
  void followUp(String sentence, Console console, RebootRequest request) throws IOException {
    HealthNotice notice = new HealthNotice(root);
    switch (settings.reboot()) {
      case NOW -> ask(request, sentence);
      case WINDOW -> {
        notice.show("tiu: " + sentence + "; the machine reboots in its maintenance window");
        console.print("The machine reboots in its maintenance window");
        ask(request, sentence);
      }
      case NOTIFY -> notice.show("tiu: " + sentence + ". Reboot the machine: `tiu reboot`");
      case MANUAL -> {
        // It is in the journal.
      }
    }
  }

  /** Notes the need only then, so that tiu-reboot.timer doesn't begin the same meanwhile. */
  private void ask(RebootRequest request, String sentence) throws IOException {
    try {
      request.byPolicy(Optional.of(sentence));
    } finally {
      new RebootNeed(root).note(sentence);
    }
  }
}
