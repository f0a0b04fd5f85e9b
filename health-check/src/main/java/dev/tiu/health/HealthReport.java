package dev.tiu.health;

import java.util.List;
import java.util.stream.Collectors;

/** How all checks went, in the order of their names. */
public record HealthReport(List<CheckResult> results) {
  /** Keeps a copy. */
  public HealthReport {
    results = List.copyOf(results);
  }

  /** Whether no check failed that is required. */
  public boolean isGood() {
    return failed(Importance.REQUIRED).isEmpty();
  }

  /** The checks of that importance that failed. */
  public List<CheckResult> failed(Importance importance) {
    return results.stream().filter(r -> !r.passed() && r.importance() == importance).toList();
  }

  /** Why it isn't good, in one line. */
  public String reason() {
    return failed(Importance.REQUIRED).stream()
        .map(result -> result.name() + ": " + result.detail())
        .collect(Collectors.joining("; "));
  }
}
