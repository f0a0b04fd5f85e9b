package dev.tiu.bundle;

import java.util.Locale;

/** The size of a squashfs block: 4K to 1M, a power of two. */
public record BlockSize(int bytes) {
  /** Small enough for reading single files, large enough to compress well. */
  public static final BlockSize DEFAULT = new BlockSize(128 << 10);

  /** Checks the size. */
  public BlockSize {
    if (bytes < 4 << 10 || bytes > 1 << 20 || Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "a block of " + bytes + " bytes; it must be a power of two from 4K to 1M");
    }
  }

  /**
   * Reads {@code 128K}, {@code 1M} or a number of bytes.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  public static BlockSize parse(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    int shift = upper.endsWith("K") ? 10 : upper.endsWith("M") ? 20 : 0;
    String digits = shift == 0 ? upper : upper.substring(0, upper.length() - 1);
    try {
      return new BlockSize(Math.multiplyExact(Integer.parseInt(digits), 1 << shift));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" isn't a block size such as 128K or 1M", e);
    }
  }
}
