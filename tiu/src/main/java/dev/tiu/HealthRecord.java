package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.tiu.health.CheckResult;
import dev.tiu.health.HealthReport;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the checks of a boot found, as it is kept with the snapshot ({@code N/tiu/health.json}),
 * where every other system can read it, and as {@code --json} shows it.
 *
 * @param time when the last check ended
 * @param boot the kernel's name for that boot
 * @param good whether no required check failed
 * @param reason why not, in one line
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record HealthRecord(
    String time, String boot, boolean good, @Nullable String reason, List<Entry> checks) {
  private static final BytePath FILE = Layout.FILES.resolve(BytePath.of("health.json"));
  private static final int LIMIT = 16 << 20;
  private static final double MILLIS = 1000.0;

  HealthRecord {
    checks = List.copyOf(checks);
  }

  /**
   * A check.
   *
   * @param importance {@code required} or {@code wanted}
   * @param output the end of what a program said
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      String name,
      String importance,
      boolean passed,
      int tries,
      double seconds,
      String detail,
      @Nullable String output) {
    static Entry of(CheckResult result) {
      return new Entry(
          result.name(),
          result.importance().label(),
          result.passed(),
          result.tries(),
          result.took().toMillis() / MILLIS,
          result.detail(),
          result.output().isEmpty() ? null : result.output());
    }
  }

  /** Of a report that was made just now. */
  static HealthRecord of(HealthReport report, Clock clock) throws IOException {
    return new HealthRecord(
        clock.instant().toString(),
        BootNumber.thisBoot(),
        report.isGood(),
        report.isGood() ? null : report.reason(),
        report.results().stream().map(Entry::of).toList());
  }

  /** Keeps it, whole or not at all. */
  void write(SnapshotStore store, Snapshot snapshot) throws IOException {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    byte[] json = mapper.writeValueAsBytes(this);
    try (Dir place = store.open(snapshot.number())) {
      place.writeAtomically(FILE, json, 0644);
    }
  }

  /** The last one of a snapshot. */
  static Optional<HealthRecord> read(SnapshotStore store, Snapshot snapshot) throws IOException {
    try (Dir place = store.open(snapshot.number())) {
      if (place.find(FILE).isEmpty()) {
        return Optional.empty();
      }
      ObjectMapper mapper =
          new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
      return Optional.of(mapper.readValue(place.readAll(FILE, LIMIT), HealthRecord.class));
    } catch (JsonProcessingException e) {
      throw new DeviceException(
          "the health report of snapshot %d is damaged (%s). Its next boot writes it anew"
              .formatted(snapshot.number(), e.getOriginalMessage()));
    }
  }

  /** For people: a line for each check, and below it what a program said that failed. */
  void print(Console console) {
    TextTable table = new TextTable("Check", "", "Result", "Took", "Tries", "What was seen");
    for (Entry check : checks) {
      table.add(
          check.name(),
          check.importance(),
          check.passed() ? "passed" : "FAILED",
          "%.1f s".formatted(check.seconds()),
          Integer.toString(check.tries()),
          check.detail());
    }
    table.lines().forEach(console::print);
    for (Entry check : checks) {
      if (!check.passed() && check.output() != null) {
        console.print("");
        console.print("What " + check.name() + " said:");
        check.output().lines().forEach(line -> console.print("  " + line));
      }
    }
  }
}
