package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * What a device's {@code [health]} says.
 *
 * @param failures how many boots of the default running may fail before another one takes its place
 */
record HealthSettings(int failures) {
  static final HealthSettings NONE = new HealthSettings(3);

  private static final Set<String> KEYS = Set.of("failures");
  private static final int MOST_FAILURES = 9;

  /**
   * Reads the table.
   *
   * @throws IllegalArgumentException if it says something without meaning
   */
  static HealthSettings of(JsonNode table) {
    if (table.isMissingNode()) {
      return NONE;
    }
    SettingsTable settings = new SettingsTable("health", table).requireKnown(KEYS);
    return new HealthSettings(
        settings.value("failures", HealthSettings::failures).orElse(NONE.failures));
  }

  private static int failures(String text) {
    if (text.matches("[1-" + MOST_FAILURES + "]")) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException(
        "'%s' is no number from 1 to %d".formatted(text, MOST_FAILURES));
  }
}
