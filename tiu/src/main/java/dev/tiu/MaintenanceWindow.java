package dev.tiu;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Times at which a machine may reboot by itself.
 *
 * @param start as a timer of systemd's has it (systemd.time(7)), such as {@code Sat,Sun 02:00
 *     Europe/Berlin}; without a time zone, the machine's
 * @param duration how long one lasts, at most a week
 */
record MaintenanceWindow(String start, Duration duration) {
  private static final Duration LONGEST = Duration.ofDays(7);
  private static final String NEXT = "Next elapse:";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  MaintenanceWindow {
    if (duration.compareTo(Duration.ofMinutes(1)) < 0 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "a window lasts from a minute to a week, and not " + duration);
    }
    if (start.startsWith("-") || start.isBlank()) {
      throw new IllegalArgumentException("'%s' is no time".formatted(start));
    }
  }

  /** Whether one is open: the last one that has begun hasn't ended. */
  boolean isOpen(Instant now) throws IOException {
    Optional<Instant> begins = nextAfter(now.minus(duration));
    return begins.filter(begin -> !begin.isAfter(now)).isPresent();
  }

  /** When the first one begins after that, as systemd reckons; empty if none does. */
  Optional<Instant> nextAfter(Instant time) throws IOException {
    String base = "@" + time.getEpochSecond();
    String output;
    try {
      output =
          Command.of("systemd-analyze", "calendar", "--base-time=" + base, "--", start)
              .environment(Map.of("SYSTEMD_COLORS", "0"))
              .run()
              .text();
    } catch (CommandException e) {
      throw new UsageException(
          "/etc/tiu/tiu.toml of the device: systemd can't tell when the maintenance window '%s' begins (%s)"
              .formatted(start, e.errorTail().strip()));
    }
    return parse(output);
  }

  /** The line with the time in UTC: of two, the second. */
  static Optional<Instant> parse(String output) {
    Optional<Instant> found = Optional.empty();
    for (String line : output.lines().map(String::strip).toList()) {
      String prefix =
          line.startsWith(NEXT) ? NEXT : line.startsWith("(in UTC):") ? "(in UTC):" : "";
      if (!prefix.isEmpty() && line.endsWith(" UTC")) {
        String text = line.substring(prefix.length(), line.length() - " UTC".length()).strip();
        found = Optional.of(LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC));
      }
    }
    return found;
  }
}
