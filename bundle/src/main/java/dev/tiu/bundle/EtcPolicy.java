package dev.tiu.bundle;

import java.util.regex.Pattern;

/**
 * Whose some paths of {@code /etc} are, as the maker of an image says it; of those that mean a path
 * the last counts, and the device's own configuration before all of them.
 *
 * @param paths a pattern for paths below {@code /etc}, without a slash before it: {@code app/**}
 * @param policy what becomes of them. Which words there are the tiu of a device knows: a later one
 *     may know more
 */
public record EtcPolicy(String paths, String policy) {
  static final int MAX_POLICIES = 256;

  private static final Pattern POLICY = Pattern.compile("[a-z]{1,32}");
  private static final int MAX_PATTERN = 256;

  /** Checks both; whether the word means anything isn't checked. */
  public EtcPolicy {
    if (paths.isEmpty()
        || paths.length() > MAX_PATTERN
        || paths.startsWith("/")
        || ("/" + paths + "/").contains("/../")
        || paths.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "etcPolicies: \"%s\" is no pattern of at most %d characters for paths below /etc"
              .formatted(paths, MAX_PATTERN));
    }
    if (!POLICY.matcher(policy).matches()) {
      throw new IllegalArgumentException("etcPolicies: \"" + policy + "\" is no policy");
    }
  }
}
