package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A table of {@code tiu.toml} whose keys have one value each.
 *
 * @param name as it stands in brackets
 */
record SettingsTable(String name, JsonNode table) {
  /**
   * Holds a table against what keys there are.
   *
   * @throws IllegalArgumentException if it is no table, or has other keys
   */
  SettingsTable requireKnown(Set<String> keys) {
    if (!table.isObject()) {
      throw new IllegalArgumentException("%s must be a table, [%s]".formatted(name, name));
    }
    NavigableSet<String> unknown = unknown(table, keys);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "[%s] has no meaning for %s".formatted(name, String.join(", ", unknown)));
    }
    return this;
  }

  /** A boolean's value. */
  static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  /** The keys of a table that are none of these. */
  static NavigableSet<String> unknown(JsonNode table, Set<String> keys) {
    NavigableSet<String> unknown = new TreeSet<>();
    table.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(keys);
    return unknown;
  }

  /**
   * The value of a key, if it is there.
   *
   * @throws IllegalArgumentException if it is no single value, or one without meaning
   */
  <T> Optional<T> value(String key, Function<String, T> parse) {
    JsonNode node = table.path(key);
    if (node.isMissingNode()) {
      return Optional.empty();
    }
    if (!node.isValueNode()) {
      throw new IllegalArgumentException("%s.%s must be one value".formatted(name, key));
    }
    try {
      return Optional.of(parse.apply(node.asText()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s.%s: %s".formatted(name, key, e.getMessage()), e);
    }
  }
}
