package dev.tiu;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** When the machine reboots by itself after an automatic update. */
enum RebootPolicy {
  /** As soon as it may. */
  NOW,
  /** In a maintenance window. */
  WINDOW,
  /** Never; whoever logs in is told. */
  NOTIFY,
  /** Never, and nobody is told. */
  MANUAL;

  String setting() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * As a configuration names it.
   *
   * @throws IllegalArgumentException if it is none
   */
  static RebootPolicy of(String setting) {
    return Arrays.stream(values())
        .filter(policy -> policy.setting().equals(setting))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is none; there are %s"
                        .formatted(
                            setting,
                            Arrays.stream(values())
                                .map(RebootPolicy::setting)
                                .collect(Collectors.joining(", ")))));
  }
}
