package dev.tiu.etcmerge.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Merges lists whose lines stand for themselves, such as {@code /etc/shells}: what either side
 * added is in, what either side took out is out.
 *
 * <p>The local order, comments and empty lines stay. What the image added comes after the line that
 * it follows there, else before the one that it precedes, else at the end.
 */
public final class UnionMerge {
  private UnionMerge() {}

  /**
   * Merges them: line by line if that goes without a conflict, else as lists.
   *
   * @return empty if one of them is no text
   */
  public static Optional<byte[]> merge(byte[] base, byte[] local, byte[] image) {
    Optional<Text> common = Text.of(base);
    Optional<Text> ours = Text.of(local);
    Optional<Text> theirs = Text.of(image);
    if (common.isEmpty() || ours.isEmpty() || theirs.isEmpty()) {
      return Optional.empty();
    }
    Optional<Text> byLine = LineMerge.merge(common.get(), ours.get(), theirs.get());
    return byLine
        .or(() -> Optional.of(union(common.get(), ours.get(), theirs.get())))
        .map(Text::toBytes);
  }

  private static Text union(Text base, Text local, Text image) {
    Set<String> before = items(base);
    Set<String> theirs = items(image);
    List<String> merged = new ArrayList<>();
    for (String line : local.lines()) {
      boolean droppedByImage = before.contains(item(line)) && !theirs.contains(item(line));
      if (!droppedByImage) {
        merged.add(line);
      }
    }
    Set<String> ours = items(local);
    int place = -1;
    for (String line : image.lines()) {
      String item = item(line);
      int present = last(merged, item);
      if (present >= 0) {
        place = present;
      } else if (!item.isEmpty() && !before.contains(item) && !ours.contains(item)) {
        place = place < 0 ? beforeFirst(merged, theirs) : place + 1;
        merged.add(place, line);
      }
    }
    return local.with(merged, true);
  }

  /** Nothing of the image's has been placed yet. */
  private static int beforeFirst(List<String> merged, Set<String> theirs) {
    for (int i = 0; i < merged.size(); i++) {
      if (theirs.contains(item(merged.get(i)))) {
        return i;
      }
    }
    return merged.size();
  }

  private static int last(List<String> lines, String item) {
    if (item.isEmpty()) {
      return -1;
    }
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (item(lines.get(i)).equals(item)) {
        return i;
      }
    }
    return -1;
  }

  private static Set<String> items(Text text) {
    Set<String> items = new HashSet<>();
    text.lines().forEach(line -> items.add(item(line)));
    items.remove("");
    return Collections.unmodifiableSet(items);
  }

  /** What makes two lines the same: all but the width of blanks. */
  private static String item(String line) {
    return line.strip().replaceAll("[ \\t]+", " ");
  }
}
