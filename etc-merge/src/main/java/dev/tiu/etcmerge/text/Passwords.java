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

  /**
   * The second one with the newer passwords of the first; empty if it has them already.
   *
   * <p>What a merge put there isn't anybody's change: the image's own password, and the lock of an
   * account that an image has dropped.
   *
   * @param fromImage what the image of the first ships
   * @param toImage what the image of the second ships
   */
  public static Optional<byte[]> carried(byte[] from, byte[] to, byte[] fromImage, byte[] toImage) {
    Optional<Text> source = Text.of(from);
    Optional<Text> target = Text.of(to);
    if (source.isEmpty() || target.isEmpty()) {
      return Optional.empty();
    }
    Map<String, List<String>> known = records(source.get());
    Map<String, List<String>> shippedThere = records(fromImage);
    Map<String, List<String>> shippedHere = records(toImage);
    List<String> lines = new ArrayList<>();
    for (String line : target.get().lines()) {
      String name = fields(line).get(0);
      List<String> newer = known.get(name);
      boolean own =
          newer != null
              && isChanged(newer, shippedThere.get(name))
              && !isLockOfDropped(newer, fields(line), shippedHere, shippedThere)
              && !isLockOfDropped(fields(line), newer, shippedThere, shippedHere);
      lines.add(own ? carried(newer, line) : line);
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

  private static Map<String, List<String>> records(byte[] file) {
    return Text.of(file).map(Passwords::records).orElse(Map.of());
  }

  private static Map<String, List<String>> records(Text file) {
    Map<String, List<String>> records = new HashMap<>();
    for (String line : file.lines()) {
      List<String> fields = fields(line);
      records.putIfAbsent(fields.get(0), fields);
    }
    return records;
  }

  private static boolean isChanged(List<String> local, @Nullable List<String> shipped) {
    return shipped == null || !password(local).equals(password(shipped));
  }

  /** Whether an account was locked because its image hasn't it any more, as another one had. */
  private static boolean isLockOfDropped(
      List<String> locked,
      List<String> other,
      Map<String, List<String>> had,
      Map<String, List<String>> dropped) {
    String name = locked.get(0);
    return had.containsKey(name)
        && !dropped.containsKey(name)
        && password(locked).equals("!" + password(other));
  }

  private static String password(List<String> fields) {
    return fields.size() > PASSWORD ? fields.get(PASSWORD) : "";
  }

  private static List<String> fields(String line) {
    return List.of(line.split(":", -1));
  }

  private static long day(String text) {
    return text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
  }
}
