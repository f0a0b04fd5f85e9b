package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names of what lies beside a live file: {@code NAME.tiu-new}, {@code NAME.tiu-new-2}, … */
final class BesideName {
  private static final String SUFFIX = ".tiu-new";
  private static final int LONGEST_CHARACTER = 4;

  private BesideName() {}

  /**
   * The name's end is cut off where the whole would be too long, not within a UTF-8 character.
   *
   * @param attempt from 1
   */
  static BytePath of(BytePath name, int attempt) {
    String text = attempt == 1 ? SUFFIX : SUFFIX + "-" + attempt;
    byte[] suffix = text.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = name.bytes();
    int kept = cut(bytes, BytePath.NAME_MAX - suffix.length);
    byte[] beside = Arrays.copyOf(bytes, kept + suffix.length);
    System.arraycopy(suffix, 0, beside, kept, suffix.length);
    return BytePath.ofBytes(beside);
  }

  private static int cut(byte[] name, int limit) {
    if (name.length <= limit) {
      return name.length;
    }
    for (int kept = limit; kept > limit - LONGEST_CHARACTER; kept--) {
      if ((name[kept] & 0xc0) != 0x80) {
        return kept;
      }
    }
    return limit; // No UTF-8.
  }
}
