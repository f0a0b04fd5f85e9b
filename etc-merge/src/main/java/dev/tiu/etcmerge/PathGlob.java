package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A pattern for paths below /etc: {@code *} and {@code ?} stand for what is no slash, {@code **}
 * for anything, all else for itself. It matches the whole path.
 */
public record PathGlob(String text) {
  /** What a pattern may not be: absolute, empty, or with a way up. */
  public PathGlob {
    if (text.isEmpty() || text.startsWith("/") || ("/" + text + "/").contains("/../")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no pattern for a path below /etc, such as ssh/ssh_host_*");
    }
  }

  Pattern compile() {
    StringBuilder regex = new StringBuilder();
    String latin1 = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    for (int i = 0; i < latin1.length(); i++) {
      char c = latin1.charAt(i);
      if (c == '*' && i + 1 < latin1.length() && latin1.charAt(i + 1) == '*') {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  static String latin1(BytePath path) {
    return new String(path.bytes(), StandardCharsets.ISO_8859_1);
  }
}
