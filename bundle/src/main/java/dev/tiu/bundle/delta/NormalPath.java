package dev.tiu.bundle.delta;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A path without the version numbers in it: {@code lib/modules/6.1.0-37-amd64/a.ko} and {@code
 * lib/modules/6.1.0-38-amd64/a.ko} are the same, as are {@code libz.so.1.2.3} and {@code
 * libz.so.1.3}.
 *
 * <p>One character per byte, since a name needn't be text.
 */
final class NormalPath {
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+(?:[.~+:-][0-9]+)*");

  private NormalPath() {}

  static String of(BytePath path) {
    return NUMBERS.matcher(latin1(path)).replaceAll("#");
  }

  static String latin1(BytePath path) {
    return new String(path.bytes(), StandardCharsets.ISO_8859_1);
  }

  /** How many characters two paths have in common at their start and at their end. */
  static int common(String one, String other) {
    int shorter = Math.min(one.length(), other.length());
    int start = 0;
    while (start < shorter && one.charAt(start) == other.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < shorter - start
        && one.charAt(one.length() - 1 - end) == other.charAt(other.length() - 1 - end)) {
      end++;
    }
    return start + end;
  }
}
