package dev.tiu;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** After which moment a bundle isn't installed any more. */
record Expiry(Instant instant) {
  /**
   * Reads {@code 2027-01-31}, the whole of that day in UTC, or {@code 2027-01-31T12:00:00Z}, with
   * any offset.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  static Expiry parse(String text) {
    try {
      Instant instant =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(text).toInstant();
      return new Expiry(instant.truncatedTo(ChronoUnit.SECONDS));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" isn't a date such as 2027-01-31 or 2027-01-31T12:00:00Z", e);
    }
  }
}
