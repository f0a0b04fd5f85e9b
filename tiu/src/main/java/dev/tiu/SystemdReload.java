package dev.tiu;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Has systemd read what came into /etc of a system that runs: it loaded its units, and made those
 * of fstab, before that.
 */
final class SystemdReload {
  private static final Path IS_RUNNING = Path.of("/run/systemd/system");
  private static final Duration TIME_LIMIT = Duration.ofMinutes(1);

  /** Units, and what generators make units of. */
  private static final List<BytePath> READ =
      List.of(
          BytePath.of("systemd"),
          BytePath.of("fstab"),
          BytePath.of("crypttab"),
          BytePath.of("veritytab"),
          BytePath.of("init.d"),
          BytePath.of("rc.local"));

  private SystemdReload() {}

  /** Whether it reads a path below /etc only when it is started or told to. */
  static boolean isFor(BytePath path) {
    return READ.stream().anyMatch(path::startsWith);
  }

  /** Without it the same is in effect from the next boot on, so that its failure is no failure. */
  static void run(Console console) {
    if (!Files.isDirectory(IS_RUNNING)) {
      return;
    }
    try {
      Command.of("systemctl", "daemon-reload").timeLimit(TIME_LIMIT).run();
    } catch (CommandException e) {
      console.note(
          "systemd didn't read the units that came into /etc (%s). They are in effect from the next"
                  .formatted(e.getMessage())
              + " boot on, or after `systemctl daemon-reload`");
    }
  }
}
