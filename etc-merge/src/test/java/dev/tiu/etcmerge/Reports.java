package dev.tiu.etcmerge;

import java.util.List;

/** Reports as tests compare them. */
final class Reports {
  private Reports() {}

  /** {@code PATH OUTCOME} or {@code PATH OUTCOME, beside PATH}. */
  static List<String> lines(MergeReport report) {
    return report.entries().stream()
        .map(
            entry ->
                "%s %s%s"
                    .formatted(
                        entry.path(),
                        entry.outcome(),
                        entry.beside().map(path -> ", beside " + path).orElse("")))
        .toList();
  }
}
