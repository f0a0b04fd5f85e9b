package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tiu.etcmerge.MergeEntry;
import dev.tiu.etcmerge.MergeReport;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The merge report as it is kept with the snapshot, and as it is shown. */
final class EtcReport {
  /** Its file in {@code N/tiu}. */
  static final String NAME = "etc-merge.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private EtcReport() {}

  /**
   * A path and what became of it.
   *
   * @param beside where the image's version lies, if it isn't live
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Line(String path, String outcome, boolean conflict, @Nullable String beside) {
    private static Line of(MergeEntry entry) {
      return new Line(
          "/etc/" + entry.path(),
          entry.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          entry.outcome().isConflict(),
          entry.beside().map(path -> "/etc/" + path).orElse(null));
    }
  }

  static byte[] json(MergeReport report) {
    List<Line> lines = report.entries().stream().map(Line::of).toList();
    try {
      return JSON.writeValueAsBytes(lines);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String sentence(MergeEntry entry) {
    String beside = entry.beside().map(path -> ", as /etc/" + path).orElse("");
    return entry.outcome().sentence() + beside;
  }

  static void print(MergeReport report, Console console) {
    int taken = report.entries().size() - report.conflicts().size();
    if (taken > 0) {
      console.print("/etc: %s taken from the image".formatted(Console.count(taken, "change")));
    }
    for (MergeEntry entry : report.conflicts()) {
      console.print("/etc/%s: %s".formatted(entry.path(), sentence(entry)));
    }
  }
}
