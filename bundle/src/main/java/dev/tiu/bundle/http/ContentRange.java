package dev.tiu.bundle.http;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header {@code Content-Range} (RFC 9110, section 14.4), of an answer with a part.
 *
 * @param first byte of the part
 * @param last byte of the part
 * @param total bytes of the whole; empty where the server doesn't know
 */
record ContentRange(long first, long last, OptionalLong total) {
  // 18 digits: more than any file, and no overflow.
  private static final Pattern PART =
      Pattern.compile("bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final Pattern NONE = Pattern.compile("bytes\\s+\\*/(\\d{1,18})");

  /** Reads a header strictly; empty if it makes no sense. */
  static Optional<ContentRange> parse(String header) {
    Matcher matcher = PART.matcher(header.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    OptionalLong total =
        matcher.group(3).equals("*")
            ? OptionalLong.empty()
            : OptionalLong.of(Long.parseLong(matcher.group(3)));
    boolean sound = first <= last && (total.isEmpty() || last < total.getAsLong());
    return sound ? Optional.of(new ContentRange(first, last, total)) : Optional.empty();
  }

  /** The whole's size from the header of a 416, {@code bytes *}{@code /N}. */
  static OptionalLong totalOfRefusal(String header) {
    Matcher matcher = NONE.matcher(header.strip());
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  long length() {
    return last - first + 1;
  }
}
