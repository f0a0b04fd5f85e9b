package dev.tiu.etcmerge;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Names of what lies beside a live file: {@code NAME.tiu-new}, {@code NAME.tiu-new-2}, … */
final class BesideName {
  /** Of the image's version, where the device's is live. */
  static final String NEW = ".tiu-new";

  /** Of the device's version, where the image's is live. */
  static final String ORIGINAL = ".tiu-orig";

  private static final int LONGEST_CHARACTER = 4;

  private BesideName() {}

  /**
   * The name's end is cut off where the whole would be too long, not within a UTF-8 character.
   *
   * @param attempt from 1
   */
  static BytePath of(BytePath name, String suffix, int attempt) {
    String text = attempt == 1 ? suffix : suffix + "-" + attempt;
    byte[] ending = text.getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = name.bytes();
    int kept = cut(bytes, BytePath.NAME_MAX - ending.length);
    byte[] beside = Arrays.copyOf(bytes, kept + ending.length);
    System.arraycopy(ending, 0, beside, kept, ending.length);
    return BytePath.ofBytes(beside);
  }

  /** The first of them that a directory doesn't have. */
  static BytePath free(Dir dir, BytePath name, String suffix) throws IOException {
    int attempt = 1;
    while (dir.find(of(name, suffix, attempt)).isPresent()) {
      attempt++;
    }
    return of(name, suffix, attempt);
  }

  /** Whether a name may be one of them. */
  static boolean isOne(BytePath name) {
    String text = new String(name.bytes(), StandardCharsets.ISO_8859_1);
    return text.contains(NEW) || text.contains(ORIGINAL);
  }

  /** Whether one of them is of the device's version: its end tells, whatever the file's name is. */
  static boolean isOriginal(BytePath name) {
    String text = new String(name.bytes(), StandardCharsets.ISO_8859_1);
    return text.lastIndexOf(ORIGINAL) > text.lastIndexOf(NEW);
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
