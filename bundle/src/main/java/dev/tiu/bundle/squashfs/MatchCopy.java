package dev.tiu.bundle.squashfs;

/** Repeating bytes that were unpacked before: what every Lempel-Ziv decoder spends its time on. */
final class MatchCopy {
  private static final int WORD = 8;

  private MatchCopy() {}

  /**
   * Copies {@code length} bytes from {@code distance} before {@code out} to {@code out}; where they
   * overlap the pattern repeats. Bytes after the match, up to {@code limit}, may be overwritten:
   * they aren't unpacked yet.
   */
  static void copy(byte[] content, int out, int distance, int length, int limit) {
    int from = out - distance;
    int end = out + length;
    if (distance >= WORD && limit - end >= WORD) {
      // Whole words, up to seven bytes too many: cheaper than a call for the usual short match.
      for (int to = out; to < end; to += WORD, from += WORD) {
        LittleEndian.copyWord(content, from, content, to);
      }
    } else if (distance >= length) {
      System.arraycopy(content, from, content, out, length);
    } else {
      repeat(content, from, out, end);
    }
  }

  /** What is copied doubles each time, since the source grows with the pattern. */
  private static void repeat(byte[] content, int from, int out, int end) {
    int to = out;
    while (to < end) {
      int n = Math.min(to - from, end - to);
      System.arraycopy(content, from, content, to, n);
      to += n;
    }
  }
}
