package dev.tiu.linux;

import java.time.Duration;

/** What became of a program that should run in a {@link Room}. */
public sealed interface RoomOutcome {
  /**
   * It ran and ended.
   *
   * @param exitCode 128 and more is a signal's number plus 128
   * @param output the last of what it printed, errors among it
   */
  record Ended(int exitCode, String output) implements RoomOutcome {}

  /** The root has no such program. */
  record NotThere() implements RoomOutcome {}

  /** It is there, but this machine can't start it: another architecture, no loader, no shell. */
  record CannotRun(String reason) implements RoomOutcome {}

  /** It didn't end in time, and was ended with all that it had started. */
  record TimedOut(Duration limit, String output) implements RoomOutcome {}

  /** Whether it ended with exit code 0. */
  default boolean isSuccess() {
    return this instanceof Ended ended && ended.exitCode() == 0;
  }
}
