package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A U-Boot environment in a file of 4096 bytes: a CRC-32, little-endian, of all that follows;
 * {@code name=value} texts, each ended by a zero byte; zeros. It is what {@code env export -c}
 * writes, and {@code fw_printenv} reads with the line {@code FILE 0x0 0x1000} in fw_env.config.
 *
 * <p>A few short variables lie in the first sector, and the zeros behind it never change: so a
 * change is one of a single sector here too.
 */
final class UBootEnvironment {
  static final int SIZE = 4096;

  private static final int HEADER = 4;

  private final Dir partition;
  private final BytePath path;

  UBootEnvironment(Dir partition, BytePath path) {
    this.partition = partition;
    this.path = path;
  }

  /** The variables; none where there is no file, or its sum is wrong, as U-Boot sees it too. */
  SortedMap<String, String> read() throws IOException {
    byte[] content = FatFiles.read(partition, path, SIZE);
    SortedMap<String, String> variables = new TreeMap<>();
    if (content.length != SIZE || sum(content) != stored(content)) {
      return variables;
    }
    String text = new String(content, HEADER, SIZE - HEADER, UTF_8);
    for (String variable : text.split("\0", -1)) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        break;
      }
      variables.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return variables;
  }

  private static int sum(byte[] content) {
    CRC32 sum = new CRC32();
    sum.update(content, HEADER, SIZE - HEADER);
    return (int) sum.getValue();
  }

  private static int stored(byte[] content) {
    return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
  }

  void write(SortedMap<String, String> variables) throws IOException {
    StringBuilder text = new StringBuilder();
    variables.forEach((name, value) -> text.append(name).append('=').append(value).append('\0'));
    byte[] lines = text.append('\0').toString().getBytes(UTF_8);
    if (lines.length > Sector.SIZE - HEADER) {
      throw new IllegalArgumentException("more than a sector of variables");
    }
    byte[] content = new byte[SIZE];
    System.arraycopy(lines, 0, content, HEADER, lines.length);
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(0, sum(content));
    FatFiles.replaceSector(partition, path, content);
  }
}
