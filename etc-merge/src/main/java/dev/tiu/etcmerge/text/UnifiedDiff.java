package dev.tiu.etcmerge.text;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.patch.Patch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Shows two versions of a text as {@code diff -u} does. */
public final class UnifiedDiff {
  private static final int CONTEXT = 3;

  private UnifiedDiff() {}

  /**
   * The difference, in lines for people: what is no UTF-8 is replaced.
   *
   * @return no lines if there is none; empty if one of them is no text
   */
  public static Optional<List<String>> of(
      String oldName, byte[] old, String newName, byte[] changed) {
    Optional<Text> before = Text.of(old);
    Optional<Text> after = Text.of(changed);
    if (before.isEmpty() || after.isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = readable(before.get());
    Patch<String> patch = DiffUtils.diff(lines, readable(after.get()));
    return Optional.of(
        UnifiedDiffUtils.generateUnifiedDiff(oldName, newName, lines, patch, CONTEXT));
  }

  private static List<String> readable(Text text) {
    return text.lines().stream()
        .map(line -> new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
        .toList();
  }
}
