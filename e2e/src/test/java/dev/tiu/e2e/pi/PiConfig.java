package dev.tiu.e2e.pi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What of a config.txt, tryboot.txt or autoboot.txt applies.
 *
 * <p>A filter holds until another of its kind comes, and filters of different kinds have to hold
 * together; {@code [all]} ends them all. Of two lines with the same key the last one counts.
 */
final class PiConfig {
  /** What is beyond is cut off, without a word. */
  private static final int LONGEST_LINE = 98;

  private static final int DEEPEST_INCLUDE = 4;

  /** What filters are held against. */
  record Facts(PiModel model, boolean tryboot) {}

  private enum Kind {
    NONE,
    TRYBOOT,
    MODEL,
    OTHER
  }

  private final Facts facts;
  private final Map<String, String> values = new HashMap<>();
  private final Map<Kind, Boolean> filters = new HashMap<>();

  private PiConfig(Facts facts) {
    this.facts = facts;
  }

  /** Of autoboot.txt, which knows few filters and is read up to 512 bytes. */
  static PiConfig autoboot(byte[] content, Facts facts) {
    PiConfig config = new PiConfig(facts);
    String text = new String(content, 0, Math.min(content.length, 512), ISO_8859_1);
    text.lines().forEach(config::autobootLine);
    return config;
  }

  private void autobootLine(String line) {
    if (!line.startsWith("[")) {
      setting(cut(line));
    } else if (line.startsWith("[all]") || line.startsWith("[none]")) {
      filter(line);
    } else if (line.startsWith("[tryboot]")) {
      // Any of the three takes the place of the others.
      filters.clear();
      filter(line);
    } else {
      filters.put(Kind.OTHER, false);
    }
  }

  static PiConfig of(byte[] content, Facts facts, BootFiles files) {
    PiConfig config = new PiConfig(facts);
    config.read(content, files, 0);
    return config;
  }

  private void read(byte[] content, BootFiles files, int depth) {
    for (String whole : new String(content, ISO_8859_1).lines().toList()) {
      String line = cut(whole);
      if (line.startsWith("[")) {
        filter(line);
      } else if (line.startsWith("include ")) {
        if (applies() && facts.model().includes() && depth < DEEPEST_INCLUDE) {
          Optional<byte[]> included = files.read(line.substring("include ".length()).strip());
          included.ifPresent(more -> read(more, files, depth + 1));
        }
      } else {
        setting(line);
      }
    }
  }

  private static String cut(String line) {
    String plain = line.replace("\r", "");
    return plain.length() > LONGEST_LINE ? plain.substring(0, LONGEST_LINE) : plain;
  }

  private void filter(String line) {
    int end = line.indexOf(']');
    String name = end < 0 ? line.substring(1) : line.substring(1, end);
    switch (name) {
      case "all" -> filters.clear();
      case "none" -> filters.put(Kind.NONE, false);
      case "tryboot" -> filters.put(Kind.TRYBOOT, facts.tryboot());
      default -> {
        if (name.matches("(pi|cm)\\d.*")) {
          filters.put(Kind.MODEL, name.equals(facts.model().filter()));
        } else {
          // Serial numbers, displays, pins: nothing that this board has.
          filters.put(Kind.OTHER, false);
        }
      }
    }
  }

  private boolean applies() {
    return !filters.containsValue(false);
  }

  private void setting(String line) {
    if (line.startsWith("#") || !applies()) {
      return;
    }
    if (line.startsWith("initramfs ")) {
      // The one setting without an equals sign: initramfs FILE followkernel.
      values.put("initramfs", line.strip().split(" +", -1)[1]);
      return;
    }
    int equals = line.indexOf('=');
    if (equals > 0 && !line.startsWith("initramfs=")) {
      values.put(line.substring(0, equals).strip(), line.substring(equals + 1));
    }
  }

  Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  boolean isOn(String key) {
    return value(key).filter(value -> value.strip().equals("1")).isPresent();
  }
}
