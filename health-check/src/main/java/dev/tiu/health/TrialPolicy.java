package dev.tiu.health;

import java.util.Locale;
import java.util.Optional;

/** Whether a new snapshot has to prove itself before it becomes the default. */
public enum TrialPolicy {
  /** It becomes the default as soon as it is whole. */
  NEVER,

  /** It waits, whole and sealed, until somebody decides. */
  ALWAYS;

  /** The policy that a configuration names: {@code never} or {@code always}. */
  public static Optional<TrialPolicy> ofSetting(String setting) {
    for (TrialPolicy policy : values()) {
      if (policy.setting().equals(setting)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }

  /** How a configuration names it. */
  public String setting() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a new snapshot may become the default without a verdict. */
  public boolean asksForTrial() {
    return this == ALWAYS;
  }
}
