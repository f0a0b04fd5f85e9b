package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What systemd says of how the machine goes down. */
final class ShutdownJobs {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(20);

  private ShutdownJobs() {}

  /** Whether the machine is about to reboot, and isn't only going off. */
  static boolean isRebooting() {
    return said("list-jobs", "--no-legend", "--plain").contains(" reboot.target ");
  }

  /** Whether tiu-finalize.service is part of this system, and so hears of each shutdown. */
  static boolean isFinishWanted() {
    return !said("show", "--property=WantedBy", "--value", "tiu-finalize.service").isBlank();
  }

  /** Nothing where there is no systemd. */
  private static String said(String... arguments) {
    List<String> argv = new ArrayList<>(List.of("systemctl"));
    argv.addAll(List.of(arguments));
    try {
      return Command.of(argv).timeLimit(TIME_LIMIT).run().text();
    } catch (CommandException e) {
      return "";
    }
  }
}
