package dev.tiu;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How large a disk is, in bytes: whole MiB. */
record DiskSize(long bytes) {
  private static final long MIB = 1 << 20;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,7})([mgt])(?:i?b)?");

  DiskSize {
    if (bytes < MIB || bytes % MIB != 0) {
      throw new IllegalArgumentException(bytes + " bytes are no whole MiB");
    }
  }

  /**
   * Reads {@code 3500M}, {@code 8G} or {@code 1T}, in powers of 1024 as truncate and qemu-img do.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static DiskSize parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no size of a disk; such as 3500M or 8G is meant, in powers of 1024");
    }
    int shift =
        switch (matcher.group(2)) {
          case "m" -> 20;
          case "g" -> 30;
          default -> 40;
        };
    return new DiskSize(Long.parseLong(matcher.group(1)) << shift);
  }

  /** The least one that has room for so many bytes. */
  static DiskSize atLeast(long bytes) {
    return new DiskSize((bytes + MIB - 1) / MIB * MIB);
  }
}
