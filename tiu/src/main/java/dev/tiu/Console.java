package dev.tiu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where commands say things: results on one stream, notes on the other. */
final class Console {
  private final StandardOutput bytes;
  private final PrintWriter out;
  private final PrintWriter err;

  /** Writes text as UTF-8 to these. */
  Console(OutputStream out, OutputStream err) {
    this.bytes = new StandardOutput(out);
    this.out = new PrintWriter(bytes, false, StandardCharsets.UTF_8);
    this.err = new PrintWriter(err, true, StandardCharsets.UTF_8);
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  /** Where a result goes that is bytes; what was printed before comes before. */
  OutputStream bytes() {
    out.flush();
    return bytes;
  }

  /** Why some of the result didn't get out, if so. */
  Optional<IOException> outputFailure() {
    out.flush();
    return bytes.failure();
  }

  /** A line of the result. */
  void print(String line) {
    out.println(line);
    out.flush();
  }

  /** A line that isn't the result: what was left out, what was found on the way. */
  void note(String line) {
    err.println(line);
    err.flush();
  }

  /** The result for programs. */
  void json(Object value) {
    try {
      // Only here: the class alone takes a tenth of a short command's time to get ready.
      ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
      print(mapper.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A size for people: {@code 12.3 MB}, in powers of 1000 as disks are sold. */
  static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    String[] units = {"kB", "MB", "GB", "TB", "PB"};
    int unit = -1;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** {@code 1 file}, {@code 3 files}. */
  static String count(long n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }

  /** The first so many, and how many more there are. */
  static String some(List<String> all, int most) {
    int shown = Math.min(most, all.size());
    String first = String.join(", ", all.subList(0, shown));
    return all.size() > shown ? first + " and %d more".formatted(all.size() - shown) : first;
  }
}
