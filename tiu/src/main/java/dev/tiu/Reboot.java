package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Has systemd reboot the machine that this runs on. */
final class Reboot {
  private static final Path IS_RUNNING = Path.of("/run/systemd/system");

  private static final List<String> POLITELY =
      List.of("systemctl", "--no-block", "--no-wall", "reboot");

  /** Whoever holds a lock against it. */
  private static final List<String> FIRMLY =
      List.of(
          "systemctl", "--no-block", "--job-mode=replace-irreversibly", "start", "reboot.target");

  /** Without ending what runs in order: systemd kills it, and unmounts. */
  private static final List<String> BY_FORCE =
      List.of("systemctl", "--force", "--no-wall", "reboot");

  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);
  private static final int TRIES = 6;
  private static final int SECONDS_BETWEEN_TRIES = 10;

  private Reboot() {}

  /** Asks for it, and returns; it begins when systemd has ended what runs. */
  static void request(Console console) {
    if (isPossible(console)) {
      refusal(POLITELY).ifPresent(why -> sayWhy(console, why));
    }
  }

  /**
   * The same, whoever is against it: what runs is bad. What systemd is at may not be to be broken
   * off, such as the way into its emergency mode: so it is asked for a minute, and then not asked.
   *
   * @return whether systemd does it; true too where there is none to ask
   */
  static boolean insist(Console console) {
    if (!isPossible(console)) {
      return true;
    }
    for (int i = 0; i < TRIES; i++) {
      if (refusal(POLITELY).isEmpty() || refusal(FIRMLY).isEmpty()) {
        return true;
      }
      pause();
    }
    Optional<String> why = refusal(BY_FORCE);
    why.ifPresent(w -> sayWhy(console, w));
    return why.isEmpty();
  }

  private static boolean isPossible(Console console) {
    boolean isRunning = Files.isDirectory(IS_RUNNING);
    if (!isRunning) {
      console.note("Reboot the machine: there is no systemd here that could");
    }
    return isRunning;
  }

  private static void sayWhy(Console console, String why) {
    console.note("The machine can't be rebooted by systemd, so reboot it: " + why);
  }

  /** Why systemd doesn't do it; empty if it does. */
  private static Optional<String> refusal(List<String> way) {
    try {
      Command.Result unused = Command.of(way).timeLimit(TIME_LIMIT).run();
      return Optional.empty();
    } catch (CommandException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(SECONDS_BETWEEN_TRIES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the machine is on its way down, so that what doesn't run any more is no wonder. */
  static boolean isUnderWay() {
    if (!Files.isDirectory(IS_RUNNING)) {
      return false;
    }
    try {
      String state =
          Command.of("systemctl", "is-system-running").accepting(1, 2, 3, 4).run().text();
      return state.equals("stopping");
    } catch (CommandException e) {
      return false;
    }
  }
}
