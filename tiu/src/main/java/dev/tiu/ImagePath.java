package dev.tiu;

import dev.tiu.linux.BytePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A path in an image as a person writes it: from the image's root, with or without a slash before
 * it, and with {@code \xNN} for any byte, as {@link BytePath#toString} shows names.
 *
 * @param path without {@code .} and empty components, which mean nothing
 */
record ImagePath(BytePath path) {
  /** What Java puts in place of bytes that it can't read as text. */
  private static final char LOST = '\uFFFD';

  static final ImagePath ROOT = new ImagePath(BytePath.ROOT);

  /**
   * Reads what was written.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  static ImagePath parse(String text) {
    List<String> components = new ArrayList<>();
    for (String component : text.split("/", -1)) {
      if (component.equals("..")) {
        throw new IllegalArgumentException("\"" + text + "\" has a component \"..\"");
      }
      if (!component.isEmpty() && !component.equals(".")) {
        components.add(component);
      }
    }
    return new ImagePath(BytePath.ofBytes(bytes(String.join("/", components))));
  }

  /**
   * The same of an argument, in which what isn't UTF-8 has been lost on the way here.
   *
   * @throws IllegalArgumentException with a message for the person who wrote it
   */
  static ImagePath argument(String text) {
    if (text.indexOf(LOST) >= 0) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" has bytes that are no text here, so that it isn't known which path is"
              + " meant. Write them as \\xNN, as tiu shows them: '/etc/odd\\xff'");
    }
    return parse(text);
  }

  private static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); ) {
      int code = text.codePointAt(i);
      if (text.startsWith("\\x", i)) {
        bytes.write(escaped(text, i + 2));
        i += 4;
      } else {
        bytes.writeBytes(Character.toString(code).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(code);
      }
    }
    return bytes.toByteArray();
  }

  private static int escaped(String text, int start) {
    String digits = text.substring(start, Math.min(text.length(), start + 2));
    if (!digits.matches("[0-9a-fA-F]{2}")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has a \\x without two hexadecimal digits (a backslash is \\x5c)");
    }
    return Integer.parseInt(digits, 16);
  }

  @Override
  public String toString() {
    return "/" + (path.isRoot() ? "" : path);
  }
}
