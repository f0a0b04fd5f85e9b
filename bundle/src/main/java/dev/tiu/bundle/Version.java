package dev.tiu.bundle;

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

  /** Compares any two texts; the numbered comments are the steps of the specification. */
  static int compare(String a, String b) {
    int i = 0;
    int j = 0;
    while (true) {
      // 1. What is neither letter, digit nor one of -.~^ only separates.
      i = skipSeparators(a, i);
      j = skipSeparators(b, j);
      // 3. The tilde comes before the check for the end: it is lower even than nothing.
      if (at(a, i) == '~' || at(b, j) == '~') {
        if (at(a, i) != at(b, j)) {
          return at(a, i) == '~' ? -1 : 1;
        }
        i++;
        j++;
        continue;
      }
      // 2. and 4. What has ended is lower.
      if (i == a.length() || j == b.length()) {
        return Boolean.compare(i < a.length(), j < b.length());
      }
      // 5. and 6. Each of - ^ . in turn sorts below whatever else goes on.
      char mark = firstMark(at(a, i), at(b, j));
      if (mark != 0) {
        if (at(a, i) != at(b, j)) {
          return at(a, i) == mark ? -1 : 1;
        }
        i++;
        j++;
        continue;
      }
      // 7. and 8. A run of digits or a run of letters.
      boolean digits = isDigit(at(a, i)) || isDigit(at(b, j));
      int endA = endOfRun(a, i, digits);
      int endB = endOfRun(b, j, digits);
      int order =
          digits
              ? compareNumbers(a.substring(i, endA), b.substring(j, endB))
              : a.substring(i, endA).compareTo(b.substring(j, endB));
      if (order != 0) {
        return Integer.signum(order);
      }
      i = endA;
      j = endB;
    }
  }

  private static char firstMark(char a, char b) {
    for (char mark : new char[] {'-', '^', '.'}) {
      if (a == mark || b == mark) {
        return mark;
      }
    }
    return 0;
  }

  private static int compareNumbers(String a, String b) {
    String left = withoutLeadingZeros(a);
    String right = withoutLeadingZeros(b);
    return left.length() != right.length()
        ? Integer.compare(left.length(), right.length())
        : left.compareTo(right);
  }

  private static String withoutLeadingZeros(String number) {
    int start = 0;
    while (start < number.length() && number.charAt(start) == '0') {
      start++;
    }
    return number.substring(start);
  }

  private static int endOfRun(String text, int start, boolean digits) {
    int end = start;
    while (end < text.length()
        && (digits ? isDigit(text.charAt(end)) : isLetter(text.charAt(end)))) {
      end++;
    }
    return end;
  }

  private static int skipSeparators(String text, int start) {
    int i = start;
    while (i < text.length() && !isSignificant(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isSignificant(char c) {
    return isDigit(c) || isLetter(c) || c == '-' || c == '.' || c == '~' || c == '^';
  }

  private static char at(String text, int i) {
    return i < text.length() ? text.charAt(i) : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
