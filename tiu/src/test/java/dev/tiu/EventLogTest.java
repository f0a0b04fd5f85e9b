package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
  private static final int FULL = 1 << 20;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path root;
  private EventLog log;
  private Path file;

  @BeforeEach
  void ofRoot() {
    log = new EventLog(root, CLOCK, new Console(new ByteArrayOutputStream(), err));
    file = root.resolve("var/log/tiu/events.jsonl");
  }

  private void fill(String what) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, (what + "\n").repeat(FULL / (what.length() + 1) + 1));
  }

  @Test
  void an_event_is_a_line_of_json() throws Exception {
    log.add("good", "Snapshot 2 is good", Map.of("snapshot", 2));
    log.add("reboot", "says \"now\"\nand more", Map.of());
    assertThat(Files.readAllLines(file)).hasSize(2);
    ObjectMapper json = new ObjectMapper();
    JsonNode first = json.readTree(Files.readAllLines(file).get(0));
    assertThat(first.path("time").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(first.path("event").asText()).isEqualTo("good");
    assertThat(first.path("message").asText()).isEqualTo("Snapshot 2 is good");
    assertThat(first.path("snapshot").asInt()).isEqualTo(2);
    assertThat(json.readTree(Files.readAllLines(file).get(1)).path("message").asText())
        .isEqualTo("says \"now\"\nand more");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void full_log_makes_room_and_three_older_ones_are_kept() throws Exception {
    for (int n = 1; n <= 5; n++) {
      fill("log " + n);
      log.add("reboot", "after " + n, Map.of());
      assertThat(Files.readAllLines(file)).singleElement().asString().contains("after " + n);
    }
    assertThat(file.resolveSibling("events.jsonl.1")).content().startsWith("log 5\n");
    assertThat(file.resolveSibling("events.jsonl.2")).content().startsWith("log 4\n");
    assertThat(file.resolveSibling("events.jsonl.3")).content().startsWith("log 3\n");
    assertThat(file.resolveSibling("events.jsonl.4")).doesNotExist();
  }

  @Test
  void what_a_power_cut_left_of_a_line_does_not_swallow_the_next() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"time\":\"2026");
    log.add("good", "Snapshot 2 is good", Map.of());
    assertThat(Files.readAllLines(file)).hasSize(2).last().asString().startsWith("{\"time\"");
  }

  @Test
  void what_cannot_be_noted_is_said_and_stops_nothing() throws Exception {
    Files.createDirectories(root.resolve("var/log"));
    Files.writeString(root.resolve("var/log/tiu"), "a file in its place");
    log.add("good", "Snapshot 2 is good", Map.of());
    assertThat(err.toString(UTF_8)).startsWith("The event can't be noted in ");
  }
}
