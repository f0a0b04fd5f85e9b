package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.util.List;

/** The way for a person into a machine that nothing else helps. */
final class RemoteLogin {
  private RemoteLogin() {}

  /** Starts sshd, by whichever name the distribution has it. */
  static void open() {
    for (String unit : List.of("ssh.service", "sshd.service")) {
      try {
        Command.Result unused = Command.of("systemctl", "--no-block", "start", unit).run();
        return;
      } catch (CommandException e) {
        // The other name, or none is installed: then the console is left.
      }
    }
  }
}
