package dev.tiu;

import dev.tiu.linux.Command;
import java.io.IOException;

/** Runs programs outside, and gives what they print. */
@FunctionalInterface
interface ProgramRunner {
  /** Really runs them. */
  ProgramRunner REAL = command -> command.run().text();

  /**
   * Gives the output, without white space at its end.
   *
   * @throws dev.tiu.linux.CommandException if the program isn't there or fails
   */
  String run(Command command) throws IOException;
}
