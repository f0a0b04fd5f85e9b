package dev.tiu.e2e.machine;

/**
 * How a command in the guest ended.
 *
 * @param exitCode 124 if its time was up
 * @param output standard output and error, the last 4 MiB, without white space at the end
 */
public record GuestResult(int exitCode, String output) {
  /** Whether it ended with 0. */
  public boolean succeeded() {
    return exitCode == 0;
  }
}
