package dev.tiu.etcmerge.text;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.patch.Patch;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows two versions of a text as {@code diff -u} does. */
public final class UnifiedDiff {
  private static final int CONTEXT = 3;

  private UnifiedDiff() {}

  /**
   * The difference, in lines for people: what is no UTF-8, and what a terminal would obey, is
   * written as {@code \xNN}.
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
    // Compared by their bytes: two lines that only look alike when shown are two.
    List<String> lines = before.get().lines();
    Patch<String> patch = DiffUtils.diff(lines, after.get().lines());
    List<String> shown = new ArrayList<>();
    for (String line : UnifiedDiffUtils.generateUnifiedDiff("", "", lines, patch, CONTEXT)) {
      shown.add(readable(line));
    }
    if (!shown.isEmpty()) {
      shown.set(0, "--- " + oldName);
      shown.set(1, "+++ " + newName);
    }
    return Optional.of(List.copyOf(shown));
  }

  /** Whether some of a text is shown as {@code \xNN}. */
  public static boolean escapes(byte[] content) {
    return Text.of(content).stream()
        .flatMap(text -> text.lines().stream())
        .anyMatch(line -> !readable(line).equals(decoded(line).orElse(null)));
  }

  private static String readable(String line) {
    StringBuilder shown = new StringBuilder();
    Optional<String> text = decoded(line);
    text.orElse(line)
        .codePoints()
        .forEach(
            code -> {
              boolean isByte = text.isEmpty() && code >= 0x80;
              if (isByte || (Character.isISOControl(code) && code != '\t')) {
                for (byte b : bytes(code, text.isEmpty())) {
                  shown.append("\\x%02x".formatted(b & 0xff));
                }
              } else {
                shown.appendCodePoint(code);
              }
            });
    return shown.toString();
  }

  private static byte[] bytes(int code, boolean isByte) {
    return Character.toString(code)
        .getBytes(isByte ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
  }

  private static Optional<String> decoded(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
