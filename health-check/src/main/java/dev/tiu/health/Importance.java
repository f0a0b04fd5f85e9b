package dev.tiu.health;

import java.util.Locale;
import java.util.Optional;

/** What it means when a check fails. */
public enum Importance {
  /** The snapshot is bad. */
  REQUIRED,
  /** It is in the report. */
  WANTED;

  /** As a file has it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Importance> ofLabel(String label) {
    for (Importance importance : values()) {
      if (importance.label().equals(label)) {
        return Optional.of(importance);
      }
    }
    return Optional.empty();
  }
}
