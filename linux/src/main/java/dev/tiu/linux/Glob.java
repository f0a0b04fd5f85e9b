package dev.tiu.linux;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A shell-like pattern.
 *
 * <p>{@code *} is any run of characters, {@code ?} any one; in a path neither matches a slash, and
 * {@code **} is any run with slashes. There are no other special characters. Paths match by their
 * bytes, so a name that isn't UTF-8 matches {@code *} too.
 */
public final class Glob {
  private final String text;
  private final Pattern regex;

  private Glob(String text, Pattern regex) {
    this.text = text;
    this.regex = regex;
  }

  /** A pattern for names, such as a device's. */
  public static Glob ofName(String pattern) {
    return new Glob(pattern, compile(pattern, "."));
  }

  /** A pattern for paths relative to the tree's root; a leading slash is ignored. */
  public static Glob ofPath(String pattern) {
    String relative = pattern.startsWith("/") ? pattern.substring(1) : pattern;
    byte[] bytes = relative.getBytes(StandardCharsets.UTF_8);
    return new Glob(relative, compile(new String(bytes, StandardCharsets.ISO_8859_1), "[^/]"));
  }

  private static Pattern compile(String pattern, String any) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '*' && pattern.startsWith("**", i)) {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append(any).append('*');
      } else if (c == '?') {
        regex.append(any);
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  /** Whether it is a name, or the bytes of a path as Latin-1, that the pattern means. */
  public boolean matches(String name) {
    return regex.matcher(name).matches();
  }

  /** Whether the pattern means that path, by its bytes. */
  public boolean matches(BytePath path) {
    return matches(new String(path.bytes(), StandardCharsets.ISO_8859_1));
  }

  @Override
  public String toString() {
    return text;
  }
}
