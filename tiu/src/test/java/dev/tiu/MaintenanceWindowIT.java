package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With systemd, which reckons. The 28th of November 2026 is a Saturday. */
class MaintenanceWindowIT {
  private static boolean isOpen(String start, String duration, String now) throws IOException {
    return new MaintenanceWindow(start, Duration.parse(duration)).isOpen(Instant.parse(now));
  }

  @ParameterizedTest(name = "{0} for {1} at {2}: {3}")
  @CsvSource({
    "Sat 02:00 UTC, PT2H, 2026-11-28T01:59:59Z, false",
    "Sat 02:00 UTC, PT2H, 2026-11-28T02:00:00Z, true",
    "Sat 02:00 UTC, PT2H, 2026-11-28T03:59:59Z, true",
    "Sat 02:00 UTC, PT2H, 2026-11-28T04:00:00Z, false",
    "Sat 02:00 UTC, PT2H, 2026-11-29T02:30:00Z, false",
    // Berlin is an hour ahead of UTC in winter and two in summer.
    "Sat 02:00 Europe/Berlin, PT1H, 2026-11-28T01:30:00Z, true",
    "Sat 02:00 Europe/Berlin, PT1H, 2026-11-28T00:30:00Z, false",
    "Sat 02:00 Europe/Berlin, PT1H, 2026-08-01T00:30:00Z, true",
    // Over midnight, and into the next week.
    "23:30 UTC, PT1H, 2026-11-28T00:15:00Z, true",
    "Sat 22:00 UTC, P2D, 2026-11-30T21:59:00Z, true",
    "hourly, PT1M, 2026-11-28T07:00:30Z, true",
    "hourly, PT1M, 2026-11-28T07:01:30Z, false",
    "2026-11-01 02:00 UTC, PT2H, 2026-11-28T02:30:00Z, false"
  })
  void window_is_open_from_its_start_for_its_duration(
      String start, String duration, String now, boolean open) throws Exception {
    assertThat(isOpen(start, duration, now)).isEqualTo(open);
  }

  @Test
  void next_one_begins_after_the_given_time() throws Exception {
    MaintenanceWindow window = new MaintenanceWindow("Sat 02:00 UTC", Duration.ofHours(2));
    assertThat(window.nextAfter(Instant.parse("2026-11-28T02:00:00Z")))
        .contains(Instant.parse("2026-12-05T02:00:00Z"));
    assertThat(
            new MaintenanceWindow("2026-11-01 02:00 UTC", Duration.ofHours(2))
                .nextAfter(Instant.parse("2026-11-28T02:00:00Z")))
        .as("never again")
        .isEmpty();
  }

  @Test
  void start_that_systemd_does_not_understand_is_said() {
    assertThatThrownBy(() -> isOpen("at full moon", "PT2H", "2026-11-28T02:00:00Z"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("the maintenance window 'at full moon'")
        .hasMessageContaining("/etc/tiu/tiu.toml");
  }

  @ParameterizedTest
  @CsvSource({"Sat 02:00, PT30S", "Sat 02:00, P8D", "--version, PT2H", "'', PT2H"})
  void window_without_sense_is_refused(String start, String duration) {
    assertThatThrownBy(() -> new MaintenanceWindow(start, Duration.parse(duration)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
