package dev.tiu.boot.cmdline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the kernel takes its command line apart: {@code next_arg} of {@code lib/cmdline.c}.
 *
 * <p>Arguments are separated by spaces, but not between double quotes. The first {@code =} ends the
 * name. Quotes go if they are around the value or around the whole; elsewhere they stay in the
 * value. Nothing escapes a quote.
 */
final class Quoting {
  /** One argument as next_arg gives it. */
  record Raw(String name, Optional<String> value) {}

  private Quoting() {}

  static List<Raw> read(String line) {
    List<Raw> found = new ArrayList<>();
    int at = skipSpaces(line, 0);
    while (at < line.length()) {
      int end = end(line, at);
      found.add(split(line.substring(at, end)));
      at = skipSpaces(line, end);
    }
    return found;
  }

  private static int end(String line, int start) {
    boolean quoted = false;
    int i = start;
    while (i < line.length() && (quoted || !isSpace(line.charAt(i)))) {
      quoted ^= line.charAt(i) == '"';
      i++;
    }
    if (quoted) {
      throw new IllegalArgumentException(
          "a double quote is never closed in: " + line.substring(start));
    }
    return i;
  }

  private static Raw split(String argument) {
    boolean whole = argument.startsWith("\"");
    String text = whole ? argument.substring(1) : argument;
    int equals = text.indexOf('=');
    if (whole && text.endsWith("\"")) {
      text = text.substring(0, text.length() - 1);
    }
    if (equals <= 0) {
      // Without a name in front, the = belongs to the name.
      return new Raw(text, Optional.empty());
    }
    String value = text.substring(equals + 1);
    if (value.startsWith("\"")) {
      value = value.substring(1);
      boolean ends = !whole && value.endsWith("\"");
      value = ends ? value.substring(0, value.length() - 1) : value;
    }
    return new Raw(text.substring(0, equals), Optional.of(value));
  }

  static String written(String name, Optional<String> value) {
    if (value.isEmpty()) {
      return name;
    }
    boolean quotes = value.get().indexOf(' ') >= 0 && value.get().indexOf('"') < 0;
    return name + "=" + (quotes ? '"' + value.get() + '"' : value.get());
  }

  /** Whether the kernel makes just that of it. */
  static boolean isRead(String written, String name, Optional<String> value) {
    try {
      return read(written).equals(List.of(new Raw(name, value)));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static int skipSpaces(String line, int start) {
    int i = start;
    while (i < line.length() && isSpace(line.charAt(i))) {
      i++;
    }
    return i;
  }

  /** The kernel's isspace(): those of C. */
  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
