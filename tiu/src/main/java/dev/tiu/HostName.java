package dev.tiu;

import java.util.regex.Pattern;

/**
 * A machine's name: labels of letters, digits and hyphens (RFC 1123, section 2.1), and no longer
 * than Linux takes.
 */
record HostName(String text) {
  /** {@code HOST_NAME_MAX} of {@code limits.h}. */
  private static final int LONGEST = 64;

  private static final Pattern LABELS =
      Pattern.compile(
          "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");

  HostName {
    if (text.length() > LONGEST || !LABELS.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name for a host: letters, digits and hyphens between them, %d characters at most"
              .formatted(text, LONGEST));
    }
  }
}
