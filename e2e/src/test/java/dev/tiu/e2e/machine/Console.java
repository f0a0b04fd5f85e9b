package dev.tiu.e2e.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a machine says on its serial line, over all its starts; kept in a file as it comes. */
public final class Console {
  private static final int LINES_SHOWN = 25;

  private final Path log;

  Console(Path log) throws IOException {
    this.log = log;
    Files.write(log, new byte[0]);
  }

  /** Where it is kept. */
  public Path log() {
    return log;
  }

  /** How much there is by now: what to give to {@link #textSince}. */
  public long position() throws IOException {
    return Files.size(log);
  }

  /** All since then. */
  public String textSince(long position) throws IOException {
    try (FileChannel file = FileChannel.open(log)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, file.size() - position));
      while (bytes.hasRemaining() && file.read(bytes, position + bytes.position()) > 0) {}
      return new String(bytes.array(), 0, bytes.position(), UTF_8);
    }
  }

  /** The last lines, for messages. */
  String tail() throws IOException {
    List<String> lines = textSince(Math.max(0, position() - 8192)).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
  }
}
