package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first sector of a text file: the one thing that decides what boots.
 *
 * <p>A disk writes a sector whole or not at all, so it is overwritten in place: no directory entry
 * and no allocation table changes, and a power cut leaves the old or the new. Behind it the file
 * may have lines that are somebody else's; they are kept. Only when tiu's block isn't there yet is
 * the file written anew.
 *
 * <pre>
 * # tiu: …       first line
 * lines of tiu's
 * ####…          up to 512 bytes with the line end
 * the rest       the admin's
 * </pre>
 */
final class Sector {
  static final int SIZE = 512;

  private static final int WIDTH = 64;

  /** How many lines a diff shows after the last change. */
  private static final int CONTEXT = 3;

  private static final String MARK = "# tiu: these 512 bytes are tiu's; lines below are kept\n";
  private static final int LIMIT = 1 << 20;

  private final Dir partition;
  private final BytePath path;

  Sector(Dir partition, BytePath path) {
    this.partition = partition;
    this.path = path;
  }

  /** The lines of tiu's block; empty where there is none. */
  String lines() throws IOException {
    byte[] content = content();
    return isOurs(content) ? new String(content, MARK.length(), SIZE - MARK.length(), UTF_8) : "";
  }

  /** tiu's block, all 512 bytes; empty where there is none. */
  Optional<byte[]> block() throws IOException {
    byte[] content = content();
    return isOurs(content) ? Optional.of(Arrays.copyOf(content, SIZE)) : Optional.empty();
  }

  /** Puts another file's block there. */
  void writeBlock(byte[] block) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(block);
    whole.writeBytes(rest(content()));
    FatFiles.replaceSector(partition, path, whole.toByteArray());
  }

  /** What is somebody else's. */
  String rest() throws IOException {
    return new String(rest(content()), UTF_8);
  }

  private static byte[] rest(byte[] content) {
    return isOurs(content) ? Arrays.copyOfRange(content, SIZE, content.length) : content;
  }

  private static boolean isOurs(byte[] content) {
    byte[] mark = MARK.getBytes(UTF_8);
    return content.length >= SIZE && Arrays.mismatch(content, mark) == mark.length;
  }

  /** Whether the block is there: then a write is one of a sector. */
  boolean isThere() throws IOException {
    return isOurs(content());
  }

  /** Puts these lines there. */
  void write(String lines) throws IOException {
    FatFiles.replaceSector(partition, path, whole(lines, rest(content())));
  }

  /**
   * Puts them there. A file that wasn't tiu's until now has its lines that would count more from
   * then on as comments.
   */
  void write(String lines, Pattern overrides) throws IOException {
    if (isThere()) {
      write(lines);
    } else {
      byte[] rest = commented(rest(), overrides).getBytes(UTF_8);
      FatFiles.makeDirs(partition, path.parent());
      FatFiles.replace(partition, path, whole(lines, rest));
    }
  }

  /** What that changes in a file that isn't tiu's yet, as a diff; empty where there is none. */
  List<String> firstChange(String lines, Pattern overrides) throws IOException {
    String before = rest();
    if (isThere() || before.isEmpty()) {
      return List.of();
    }
    List<String> diff = new ArrayList<>(List.of("--- " + path, "+++ " + path));
    lines.lines().map("+"::concat).forEach(diff::add);
    int last = 0;
    List<String> all = before.lines().toList();
    for (int i = 0; i < all.size(); i++) {
      if (overrides.matcher(all.get(i)).matches()) {
        last = i;
      }
    }
    for (String line : all.subList(0, Math.min(all.size(), last + CONTEXT))) {
      if (overrides.matcher(line).matches()) {
        diff.add("-" + line);
        diff.add("+#" + line);
      } else {
        diff.add(" " + line);
      }
    }
    return diff;
  }

  /**
   * Checks that behind tiu's lines nobody has put one since that counts more.
   *
   * @param after which of tiu's lines those are, for the message
   * @throws BootException if so
   */
  void requireNoneOf(Pattern overrides, String after) throws IOException {
    Matcher found = overrides.matcher(rest());
    if (isThere() && found.find()) {
      throw new BootException(
          "%s on the boot partition says \"%s\" after tiu's own %s"
              .formatted(path, found.group().strip(), after),
          "That counts more. " + FatFiles.AS_IT_WAS,
          "Remove that line.");
    }
  }

  /** The content of a file with these lines and what follows them. */
  static byte[] whole(String lines, byte[] rest) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(block(lines));
    whole.writeBytes(rest);
    return whole.toByteArray();
  }

  /** What is somebody else's, with the lines that would count more than tiu's as comments. */
  static String commented(String rest, Pattern lines) {
    return lines.matcher(rest).replaceAll(line -> Matcher.quoteReplacement("#" + line.group()));
  }

  /** All of the file. */
  byte[] content() throws IOException {
    return FatFiles.read(partition, path, LIMIT);
  }

  private static byte[] block(String lines) {
    byte[] text = (MARK + lines).getBytes(UTF_8);
    if (text.length > SIZE - 2) {
      throw new IllegalArgumentException(lines.length() + " characters don't fit one sector");
    }
    byte[] block = Arrays.copyOf(text, SIZE);
    for (int i = text.length; i < SIZE; i++) {
      // Short lines: the Raspberry Pi's firmware cuts at 98 characters.
      block[i] = (byte) (i % WIDTH == WIDTH - 1 ? '\n' : '#');
    }
    return block;
  }
}
