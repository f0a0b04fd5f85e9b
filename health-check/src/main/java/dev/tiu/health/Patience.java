package dev.tiu.health;

import java.time.Duration;

/**
 * How much time a check gets.
 *
 * @param timeout in which each try must see what it wants, at least a second
 * @param tries how many there are, from 1 to 100
 * @param pause between them
 * @param settle how long it must stay as it should be after that
 */
public record Patience(Duration timeout, int tries, Duration pause, Duration settle) {
  private static final int MOST_TRIES = 100;
  private static final Duration LONGEST = Duration.ofHours(1);

  /** Of a check that says nothing about it. */
  public static final Patience USUAL =
      new Patience(Duration.ofMinutes(1), 1, Duration.ofSeconds(5), Duration.ZERO);

  /** Holds them against what makes sense. */
  public Patience {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("timeout: at least a second");
    }
    if (tries < 1 || tries > MOST_TRIES) {
      throw new IllegalArgumentException("tries: from 1 to " + MOST_TRIES);
    }
    for (Duration duration : new Duration[] {timeout, pause, settle}) {
      if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("timeout, pause and settle: at most an hour");
      }
    }
  }
}
