package dev.tiu.etcmerge.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A file's content as lines, byte for byte.
 *
 * <p>A line's text is its bytes as Latin-1, without the line end, so that any encoding survives and
 * a line that only ends otherwise is the same line. Lines end with {@code \n}, or all of them with
 * {@code \r\n}; where both occur, {@code \r} belongs to its line.
 *
 * @param lines without their ends
 * @param ending what the lines end with
 * @param complete whether the last line has an end, too; true without lines
 */
record Text(List<String> lines, String ending, boolean complete) {
  /** Larger ones are merged as a whole. */
  static final int MAX_BYTES = 1 << 20;

  /** Comparing so many lines takes a second at worst. */
  static final int MAX_LINES = 20_000;

  Text {
    lines = Collections.unmodifiableList(lines);
  }

  /** Empty if it is no text: has a NUL, or is too large to be compared. */
  static Optional<Text> of(byte[] content) {
    if (content.length > MAX_BYTES) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    int carriages = 0;
    int start = 0;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == 0) {
        return Optional.empty();
      }
      if (content[i] == '\n') {
        carriages += i > start && content[i - 1] == '\r' ? 1 : 0;
        lines.add(latin1(content, start, i));
        start = i + 1;
      }
    }
    int ended = lines.size();
    boolean complete = start == content.length;
    if (!complete) {
      lines.add(latin1(content, start, content.length));
    }
    if (lines.size() > MAX_LINES) {
      return Optional.empty();
    }
    boolean dos = ended > 0 && carriages == ended;
    if (dos) {
      lines.subList(0, ended).replaceAll(line -> line.substring(0, line.length() - 1));
    }
    return Optional.of(new Text(lines, dos ? "\r\n" : "\n", complete));
  }

  private static String latin1(byte[] content, int from, int to) {
    return new String(content, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** The same style with other lines. */
  Text with(List<String> other, boolean isComplete) {
    return new Text(other, ending, isComplete || other.isEmpty());
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] end = ending.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < lines.size(); i++) {
      bytes.writeBytes(lines.get(i).getBytes(StandardCharsets.ISO_8859_1));
      if (complete || i < lines.size() - 1) {
        bytes.writeBytes(end);
      }
    }
    return bytes.toByteArray();
  }
}
