package dev.tiu;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long something may take; at least a second. */
record TimeLimit(Duration duration) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,8})([smh]?)");

  TimeLimit {
    if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("a time limit must be at least a second");
    }
  }

  /**
   * Reads {@code 90}, {@code 90s}, {@code 15m} or {@code 2h}.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static TimeLimit parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time; seconds are meant, or such as 15m or 2h");
    }
    long number = Long.parseLong(matcher.group(1));
    return new TimeLimit(
        switch (matcher.group(2)) {
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofSeconds(number);
        });
  }
}
