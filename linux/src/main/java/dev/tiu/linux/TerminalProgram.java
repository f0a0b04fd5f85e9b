package dev.tiu.linux;

import java.io.IOException;
import java.util.List;

/**
 * A program that a person works with: it has this process's terminal, and takes as long as it
 * takes.
 */
public final class TerminalProgram {
  private TerminalProgram() {}

  /**
   * Runs it to its end; gives the exit code.
   *
   * @throws IOException if it can't be started
   */
  public static int run(List<String> argv) throws IOException {
    Process process = new ProcessBuilder(argv).inheritIO().start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(argv.get(0) + " was interrupted", e);
    } finally {
      process.destroy();
    }
  }
}
