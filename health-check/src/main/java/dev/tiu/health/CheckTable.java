package dev.tiu.health;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of a check's file. What has a wrong value is said by its name, and so is what nobody has
 * asked for.
 */
final class CheckTable {
  private static final Pattern TIME = Pattern.compile("(\\d{1,5})(s|m|h)?");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?([kKMGT]?)B?");
  private static final int KILO = 1000;

  private final JsonNode table;
  private final NavigableSet<String> read = new TreeSet<>();

  CheckTable(JsonNode table) {
    if (!table.isObject()) {
      throw new IllegalArgumentException("it has no kind");
    }
    this.table = table;
  }

  Optional<String> optional(String key) {
    JsonNode node = node(key);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isTextual() || node.textValue().isEmpty()) {
      throw new IllegalArgumentException(key + " must be a text");
    }
    return Optional.of(node.textValue());
  }

  String text(String key) {
    return optional(key).orElseThrow(() -> new IllegalArgumentException("it has no " + key));
  }

  List<String> texts(String key) {
    JsonNode node = node(key);
    List<String> texts = new ArrayList<>();
    if (!node.isMissingNode() && !node.isArray()) {
      throw new IllegalArgumentException(key + " must be a list of texts");
    }
    for (JsonNode element : node) {
      if (!element.isTextual()) {
        throw new IllegalArgumentException(key + " must be a list of texts");
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  Optional<Integer> optionalNumber(String key, int least, int most) {
    JsonNode node = node(key);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.canConvertToInt() || node.intValue() < least || node.intValue() > most) {
      throw new IllegalArgumentException(
          "%s must be a number from %d to %d".formatted(key, least, most));
    }
    return Optional.of(node.intValue());
  }

  int number(String key, int usual, int least, int most) {
    return optionalNumber(key, least, most).orElse(usual);
  }

  int requiredNumber(String key, int least, int most) {
    return optionalNumber(key, least, most)
        .orElseThrow(() -> new IllegalArgumentException("it has no " + key));
  }

  boolean truth(String key) {
    JsonNode node = node(key);
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw new IllegalArgumentException(key + " must be true or false");
    }
    return node.asBoolean(false);
  }

  /** {@code 90}, {@code "90s"}, {@code "15m"} or {@code "1h"}. */
  Duration time(String key, Duration usual) {
    JsonNode node = node(key);
    if (node.isMissingNode()) {
      return usual;
    }
    Matcher matcher = TIME.matcher(node.asText());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "%s: '%s' is no time; seconds are meant, or such as 15m".formatted(key, node.asText()));
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (String.valueOf(matcher.group(2))) {
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofSeconds(number);
    };
  }

  /** {@code 5000} or {@code "200M"}, in powers of 1000; 0 without. */
  long size(String key) {
    JsonNode node = node(key);
    if (node.isMissingNode()) {
      return 0;
    }
    Matcher matcher = SIZE.matcher(node.asText());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "%s: '%s' is no size; bytes are meant, or such as 200M".formatted(key, node.asText()));
    }
    int power = "kMGT".indexOf(matcher.group(2).replace('K', 'k')) + 1;
    long unit = matcher.group(2).isEmpty() ? 1 : (long) Math.pow(KILO, power);
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
  }

  void requireAllRead() {
    NavigableSet<String> unknown = new TreeSet<>();
    table.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(read);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("it has no meaning for " + String.join(", ", unknown));
    }
  }

  private JsonNode node(String key) {
    read.add(key);
    return table.path(key);
  }
}
