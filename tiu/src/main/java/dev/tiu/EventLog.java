package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What happened to a device, for programs: a line of JSON each in {@code
 * /var/log/tiu/events.jsonl}, which all snapshots share, and an entry with fields in the journal.
 *
 * <p>At a mebibyte the file becomes {@code events.jsonl.1}, and so on to {@code .3}. That nothing
 * can be noted is said and stands in nobody's way.
 */
final class EventLog {
  private static final String FILE = "events.jsonl";
  private static final long FULL = 1 << 20;
  private static final int KEPT = 3;
  private static final Path JOURNAL = Path.of("/run/systemd/journal/socket");

  /** Of tiu's entries in the journal: {@code journalctl MESSAGE_ID=…}. */
  private static final String MESSAGE_ID = "aac174ec1f3347ae90d09294cea93b6e";

  private final Path directory;
  private final Clock clock;
  private final Console console;

  /**
   * A log.
   *
   * @param root of the system
   */
  EventLog(Path root, Clock clock, Console console) {
    this.directory = root.resolve("var/log/tiu");
    this.clock = clock;
    this.console = console;
  }

  /**
   * Notes an event.
   *
   * @param event what happened, such as {@code good}
   * @param message the same for people
   * @param fields more for programs; names in lower case with underscores
   */
  void add(String event, String message, Map<String, Object> fields) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", clock.instant().toString());
    line.put("event", event);
    line.put("message", message);
    line.putAll(fields);
    try {
      append(new ObjectMapper().writeValueAsString(line) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      console.note("The event can't be noted in %s: %s".formatted(directory, e.getMessage()));
    }
    journal(event, message, fields);
  }

  private void append(String line) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(FILE);
    if (Files.exists(file) && Files.size(file) >= FULL) {
      rotate(file);
    }
    String before = endsInALine(file) ? "" : "\n";
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap((before + line).getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      // Mostly a reboot follows, and what led to it is to be known afterwards.
      channel.force(false);
    }
  }

  /** A power cut may have left a part of one. */
  private static boolean endsInALine(Path file) throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return true;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      int unused = channel.read(last, channel.size() - 1);
      return last.get(0) == '\n';
    }
  }

  private void rotate(Path file) throws IOException {
    for (int n = KEPT - 1; n >= 0; n--) {
      Path from = n == 0 ? file : directory.resolve(FILE + "." + n);
      if (Files.exists(from)) {
        Files.move(
            from, directory.resolve(FILE + "." + (n + 1)), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** By {@code logger}, which speaks the journal's protocol; Java's sockets can't. */
  private void journal(String event, String message, Map<String, Object> fields) {
    if (!Files.exists(JOURNAL)) {
      return;
    }
    StringBuilder entry = new StringBuilder();
    entry.append("MESSAGE=").append(line(message)).append('\n');
    entry.append("MESSAGE_ID=").append(MESSAGE_ID).append('\n');
    entry.append("SYSLOG_IDENTIFIER=tiu\nTIU_EVENT=").append(event).append('\n');
    fields.forEach(
        (name, value) ->
            entry
                .append("TIU_")
                .append(name.toUpperCase(Locale.ROOT))
                .append('=')
                .append(line(String.valueOf(value)))
                .append('\n'));
    try {
      Command.Result unused =
          Command.of("logger", "--journald").input(entry.toString().getBytes(UTF_8)).run();
    } catch (CommandException e) {
      // It is in the file, and the unit's own output is in the journal.
    }
  }

  private static String line(String text) {
    return text.replaceAll("\\p{Cntrl}+", " ");
  }
}
