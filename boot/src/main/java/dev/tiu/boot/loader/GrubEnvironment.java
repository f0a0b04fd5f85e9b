package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * GRUB's environment block: 1024 bytes, {@code name=value} lines after a first one that says what
 * it is, and {@code #} up to the end. GRUB writes it in place and can't make it longer.
 *
 * <p>tiu's few lines lie in the first 512 bytes, so that a change is one of a single sector.
 */
final class GrubEnvironment {
  private static final int SIZE = 1024;
  private static final String SIGNATURE = "# GRUB Environment Block\n";

  private final Dir partition;
  private final BytePath path;

  GrubEnvironment(Dir partition, BytePath path) {
    this.partition = partition;
    this.path = path;
  }

  /** The variables; none where there is no block. */
  SortedMap<String, String> read() throws IOException {
    SortedMap<String, String> variables = new TreeMap<>();
    String text = new String(FatFiles.read(partition, path, SIZE), UTF_8);
    if (text.startsWith(SIGNATURE)) {
      for (String line : text.substring(SIGNATURE.length()).lines().toList()) {
        int equals = line.indexOf('=');
        if (equals > 0 && !line.startsWith("#")) {
          variables.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
    }
    return variables;
  }

  void write(SortedMap<String, String> variables) throws IOException {
    StringBuilder text = new StringBuilder(SIGNATURE);
    variables.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    byte[] lines = text.toString().getBytes(UTF_8);
    if (lines.length > Sector.SIZE) {
      throw new IllegalArgumentException("more than a sector of variables");
    }
    byte[] block = Arrays.copyOf(lines, SIZE);
    Arrays.fill(block, lines.length, SIZE, (byte) '#');
    FatFiles.replaceSector(partition, path, block);
  }
}
