package dev.tiu.linux;

/**
 * The order of versions, of images and of kernels, by the UAPI Group's Version Format
 * Specification; the numbered comments are its steps.
 *
 * <p>{@code ~} starts a suffix that sorts lower, {@code ^} one that sorts higher, numbers compare
 * as numbers of any length: {@code 6.1.0-9 < 6.1.0-52}. Different texts may be equal in it.
 */
public final class VersionOrder {
  private VersionOrder() {}

  /** Which of the two is newer, as {@link java.util.Comparator} says it. */
  public static int compare(String a, String b) {
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
