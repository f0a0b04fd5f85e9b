package dev.tiu.bundle;

import dev.tiu.linux.VersionOrder;
import java.util.regex.Pattern;

/**
 * An image's version, ordered as the UAPI Group's Version Format Specification says.
 *
 * <p>{@code ~} starts a suffix that sorts lower ({@code 1.0~rc1 < 1.0}), {@code ^} one that sorts
 * higher ({@code 1.0 < 1.0^fix < 1.0.1}); numbers compare as numbers of any length; capital letters
 * sort before small ones. Unlike {@link #equals}, which compares the text, {@link #compareTo} finds
 * {@code 1_} and {@code 1} equal.
 *
 * @param text 1 to 128 printable ASCII characters without spaces, quotes, slashes or backslashes
 */
public record Version(String text) implements Comparable<Version> {
  // What may stand in file names, boot entries and shell commands without harm.
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9.~^+_:@=,%-]{1,128}");

  /** Checks the characters. */
  public Version {
    if (!ALLOWED.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not a version: \""
              + text
              + "\" (1 to 128 of the characters A-Z a-z 0-9 . ~ ^ + _ : @ = , % -)");
    }
  }

  @Override
  public int compareTo(Version other) {
    return compare(text, other.text);
  }

  @Override
  public String toString() {
    return text;
  }

  /** Compares any two texts. */
  static int compare(String a, String b) {
    return VersionOrder.compare(a, b);
  }
}
