package dev.tiu.health.probe;

import java.util.HashMap;
import java.util.Map;

/**
 * How a unit stands, in systemd's words.
 *
 * @param load {@code loaded}, {@code not-found}, {@code masked} …
 * @param active as {@code failed}, {@code activating}, or what a running unit is
 * @param sub {@code running}, {@code exited}, {@code dead} …
 * @param type of a service, such as {@code oneshot}
 * @param result {@code success}, {@code exit-code}, {@code timeout} …
 * @param hasRun whether its program was started since the boot
 */
public record UnitState(
    String load, String active, String sub, String type, String result, boolean hasRun) {
  /** From the lines of {@code systemctl show}. */
  static UnitState of(String lines) {
    Map<String, String> values = new HashMap<>();
    for (String line : lines.lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    String started = values.getOrDefault("ExecMainStartTimestampMonotonic", "0");
    return new UnitState(
        values.getOrDefault("LoadState", ""),
        values.getOrDefault("ActiveState", ""),
        values.getOrDefault("SubState", ""),
        values.getOrDefault("Type", ""),
        values.getOrDefault("Result", ""),
        !started.isEmpty() && !started.equals("0"));
  }

  /** Whether it runs, or has done what it was for. */
  boolean isUp() {
    boolean done =
        type.equals("oneshot") && active.equals("inactive") && result.equals("success") && hasRun;
    return active.equals("active") || done;
  }

  /** In a few words. */
  String describe() {
    if (load.equals("not-found")) {
      return "doesn't exist";
    }
    if (load.equals("masked")) {
      return "is masked";
    }
    String detail = active.equals("failed") && !result.isEmpty() ? result : sub;
    return "is " + active + (detail.isEmpty() ? "" : " (" + detail + ")");
  }
}
