package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Has systemd reboot the machine that this runs on. */
final class Reboot {
  private static final Path IS_RUNNING = Path.of("/run/systemd/system");

  private static final List<String> POLITELY =
      List.of("systemctl", "--no-block", "--no-wall", "reboot");

  private static final List<String> WHOEVER_HOLDS_A_LOCK =
      List.of(
          "systemctl", "--no-block", "--job-mode=replace-irreversibly", "start", "reboot.target");

  private Reboot() {}

  /** Asks for it, and returns; it begins when systemd has ended what runs. */
  static void request(Console console) {
    boolean unused = ask(console, List.of(POLITELY));
  }

  /**
   * The same, whoever is against it: what runs is bad.
   *
   * @return whether systemd does it; true too where there is none to ask
   */
  static boolean insist(Console console) {
    return ask(console, List.of(POLITELY, WHOEVER_HOLDS_A_LOCK));
  }

  private static boolean ask(Console console, List<List<String>> ways) {
    if (!Files.isDirectory(IS_RUNNING)) {
      console.note("Reboot the machine: there is no systemd here that could");
      return true;
    }
    String why = "";
    for (List<String> way : ways) {
      try {
        Command.Result unused = Command.of(way).run();
        return true;
      } catch (CommandException e) {
        why = String.valueOf(e.getMessage());
      }
    }
    console.note("The machine can't be rebooted by systemd, so reboot it: " + why);
    return false;
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
