package dev.tiu;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** So many bytes a second; at least one. */
record Rate(long bytesPerSecond) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,12})([kmg]?)(?:b?/s)?");

  Rate {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("a rate must be at least 1 byte a second");
    }
  }

  /**
   * Reads {@code 800}, {@code 500k}, {@code 2M} or {@code 1G}, in powers of 1000.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static Rate parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no rate; bytes a second are meant, such as 500k or 2M");
    }
    long unit =
        switch (matcher.group(2)) {
          case "k" -> 1000;
          case "m" -> 1_000_000;
          case "g" -> 1_000_000_000;
          default -> 1;
        };
    try {
      return new Rate(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("'" + text + "' is too much for a rate", e);
    }
  }
}
