package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a device's {@code [update]} says.
 *
 * @param source where updates come from, if nothing else is said: a path or an address
 * @param keep how many whole snapshots are kept when a new one has proved itself; all, if empty
 * @param reboot when the machine reboots after an automatic update
 * @param windows when it may
 * @param onBattery whether an automatic update is made on battery
 * @param onMetered whether it is fetched over a connection that costs
 * @param warning how long people who are logged in are warned before a reboot
 */
record UpdateSettings(
    Optional<String> source,
    Optional<Integer> keep,
    RebootPolicy reboot,
    List<MaintenanceWindow> windows,
    boolean onBattery,
    boolean onMetered,
    TimeLimit warning) {
  private static final Set<String> KEYS =
      Set.of("source", "keep", "reboot", "windows", "on-battery", "on-metered", "warning");
  private static final Set<String> WINDOW_KEYS = Set.of("start", "duration");

  /** Nothing said. */
  static final UpdateSettings NONE =
      new UpdateSettings(
          Optional.empty(),
          Optional.empty(),
          RebootPolicy.MANUAL,
          List.of(),
          false,
          false,
          TimeLimit.parse("5m"));

  UpdateSettings {
    windows = List.copyOf(windows);
  }

  /**
   * Reads the table.
   *
   * @throws IllegalArgumentException if it says something without meaning
   */
  static UpdateSettings of(JsonNode table) {
    if (table.isMissingNode()) {
      return NONE;
    }
    SettingsTable settings = new SettingsTable("update", table).requireKnown(KEYS);
    UpdateSettings said =
        new UpdateSettings(
            source(table.path("source")),
            settings.value("keep", UpdateSettings::keep),
            settings.value("reboot", RebootPolicy::of).orElse(NONE.reboot),
            windows(table.path("windows")),
            settings.value("on-battery", SettingsTable::truth).orElse(false),
            settings.value("on-metered", SettingsTable::truth).orElse(false),
            settings.value("warning", TimeLimit::parse).orElse(NONE.warning));
    if (said.reboot == RebootPolicy.WINDOW && said.windows.isEmpty()) {
      throw new IllegalArgumentException("update.reboot is window, and there is no update.windows");
    }
    return said;
  }

  private static Optional<String> source(JsonNode node) {
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw new IllegalArgumentException("update.source must be a text: a path or an address");
    }
    return Optional.of(node.textValue());
  }

  private static int keep(String text) {
    if (text.matches("[1-9][0-9]{0,5}")) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("'%s' is no number of snapshots".formatted(text));
  }

  private static List<MaintenanceWindow> windows(JsonNode list) {
    List<MaintenanceWindow> windows = new ArrayList<>();
    if (!list.isMissingNode() && !list.isArray()) {
      throw new IllegalArgumentException(
          "update.windows must be a list, such as [{start = \"Sat 02:00\", duration = \"2h\"}]");
    }
    for (JsonNode element : list) {
      SettingsTable window = new SettingsTable("update.windows", element).requireKnown(WINDOW_KEYS);
      String start =
          window
              .value("start", text -> text)
              .orElseThrow(() -> new IllegalArgumentException("update.windows needs a start"));
      TimeLimit duration =
          window
              .value("duration", TimeLimit::parse)
              .orElseThrow(() -> new IllegalArgumentException("update.windows needs a duration"));
      windows.add(new MaintenanceWindow(start, duration.duration()));
    }
    return windows;
  }
}
