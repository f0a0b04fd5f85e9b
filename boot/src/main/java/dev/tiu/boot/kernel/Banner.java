package dev.tiu.boot.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text in a stream of other bytes, as {@code strings} and {@code grep} find it. */
final class Banner {
  /** {@code linux_banner} of {@code init/version.c}; the one of /proc has {@code %s} there. */
  private static final Pattern LINUX = Pattern.compile("Linux version ([!-$&-~]{1,128}) \\(");

  private static final int CHUNK = 1 << 16;

  /** Longer than any match. */
  private static final int OVERLAP = 256;

  private Banner() {}

  static Optional<String> find(InputStream in, long limit) throws IOException {
    return find(in, LINUX, limit);
  }

  /** The pattern's first group, where it matches first; at most so many bytes are read. */
  static Optional<String> find(InputStream in, Pattern pattern, long limit) throws IOException {
    byte[] window = new byte[OVERLAP + CHUNK];
    int kept = 0;
    for (long done = 0; done < limit; ) {
      int n = in.readNBytes(window, kept, CHUNK);
      Matcher matcher = pattern.matcher(new String(window, 0, kept + n, ISO_8859_1));
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      } else if (n < CHUNK) {
        return Optional.empty();
      }
      done += n;
      int next = Math.min(OVERLAP, kept + n);
      System.arraycopy(window, kept + n - next, window, 0, next);
      kept = next;
    }
    return Optional.empty();
  }
}
