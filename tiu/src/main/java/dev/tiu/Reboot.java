package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Has systemd reboot the machine that this runs on. */
final class Reboot {
  private static final Path IS_RUNNING = Path.of("/run/systemd/system");

  private Reboot() {}

  /** Asks for it, and returns; it begins when systemd has ended what runs. */
  static void request(Console console) {
    if (!Files.isDirectory(IS_RUNNING)) {
      console.note("Reboot the machine: there is no systemd here that could");
      return;
    }
    try {
      Command.of("systemctl", "--no-block", "--no-wall", "reboot").run();
    } catch (CommandException e) {
      console.note("The machine can't be rebooted by systemd, so reboot it: " + e.getMessage());
    }
  }

  /**
   * The same, whoever is against it: what runs is bad.
   *
   * @return whether systemd does it; true too where there is none to ask
   */
  static boolean insist(Console console) {
    if (!Files.isDirectory(IS_RUNNING)) {
      request(console);
      return true;
    }
    try {
      Command.of("systemctl", "--no-block", "--no-wall", "reboot").run();
      return true;
    } catch (CommandException refused) {
      try {
        // An inhibitor's lock isn't asked for here.
        Command.of(
                "systemctl",
                "--no-block",
                "--job-mode=replace-irreversibly",
                "start",
                "reboot.target")
            .run();
        return true;
      } catch (CommandException e) {
        console.note("The machine can't be rebooted by systemd: " + e.getMessage());
        return false;
      }
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
