package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parses mountinfo: {@code id parent major:minor root point options [tags] - type source super}.
 */
final class MountInfo {
  private static final int FIELDS_BEFORE_TAGS = 6;

  private MountInfo() {}

  static List<MountEntry> parse(List<String> lines) {
    List<MountEntry> entries = new ArrayList<>();
    for (String line : lines) {
      if (!line.isEmpty()) {
        entries.add(parse(line));
      }
    }
    return entries;
  }

  private static MountEntry parse(String line) {
    List<String> fields = List.of(line.split(" ", -1));
    int dash =
        fields.subList(Math.min(FIELDS_BEFORE_TAGS, fields.size()), fields.size()).indexOf("-");
    int after = FIELDS_BEFORE_TAGS + dash + 1;
    if (dash < 0 || fields.size() < after + 3) {
      throw new IllegalArgumentException("not a line of mountinfo: " + line);
    }
    String device = fields.get(2);
    int colon = device.indexOf(':');
    return new MountEntry(
        Integer.parseInt(fields.get(0)),
        Integer.parseInt(device.substring(0, colon)),
        Integer.parseInt(device.substring(colon + 1)),
        unescape(fields.get(3)),
        unescape(fields.get(4)),
        fields.get(after),
        unescape(fields.get(after + 1)),
        options(fields.get(after + 2)));
  }

  private static Map<String, String> options(String field) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String option : field.split(",", -1)) {
      int equals = option.indexOf('=');
      if (equals < 0) {
        options.put(unescape(option), "");
      } else {
        options.put(unescape(option.substring(0, equals)), unescape(option.substring(equals + 1)));
      }
    }
    return Map.copyOf(options);
  }

  /** Space, tab, newline, backslash and some more are a backslash and three octal digits. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    byte[] bytes = field.getBytes(UTF_8);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\\' && i + 3 < bytes.length) {
        plain.write((bytes[i + 1] - '0') << 6 | (bytes[i + 2] - '0') << 3 | (bytes[i + 3] - '0'));
        i += 3;
      } else {
        plain.write(bytes[i]);
      }
    }
    return plain.toString(UTF_8);
  }
}
