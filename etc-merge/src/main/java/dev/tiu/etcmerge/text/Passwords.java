package dev.tiu.etcmerge.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes newer passwords over from one {@code /etc/shadow} to another (shadow(5)): those of accounts
 * that both have, with the day of their change. All else stays byte for byte.
 */
public final class Passwords {
  private static final int PASSWORD = 1;
  private static final int CHANGED = 2;

  private Passwords() {}

  /** The second one with the newer passwords of the first; empty if it has them already. */
  public static Optional<byte[]> carried(byte[] from, byte[] to) {
    Optional<Text> source = Text.of(from);
    Optional<Text> target = Text.of(to);
    if (source.isEmpty() || target.isEmpty()) {
      return Optional.empty();
    }
    Map<String, List<String>> known = new HashMap<>();
    for (String line : source.get().lines()) {
      List<String> fields = fields(line);
      known.putIfAbsent(fields.get(0), fields);
    }
    List<String> lines = new ArrayList<>();
    for (String line : target.get().lines()) {
      lines.add(carried(known.get(fields(line).get(0)), line));
    }
    return lines.equals(target.get().lines())
        ? Optional.empty()
        : Optional.of(target.get().with(lines, target.get().complete()).toBytes());
  }

  private static String carried(@Nullable List<String> newer, String line) {
    List<String> fields = new ArrayList<>(fields(line));
    if (newer == null || newer.size() <= CHANGED || fields.size() <= CHANGED) {
      return line;
    }
    boolean other = !newer.get(PASSWORD).equals(fields.get(PASSWORD));
    if (!other || day(newer.get(CHANGED)) < day(fields.get(CHANGED))) {
      return line;
    }
    fields.set(PASSWORD, newer.get(PASSWORD));
    fields.set(CHANGED, newer.get(CHANGED));
    return String.join(":", fields);
  }

  private static List<String> fields(String line) {
    return List.of(line.split(":", -1));
  }

  private static long day(String text) {
    return text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
  }
}
