package dev.tiu;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlFactory;
import dev.tiu.bundle.JsonTree;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads TOML. */
final class Toml {
  private Toml() {}

  /**
   * The tree of a text.
   *
   * @throws IllegalArgumentException if it isn't TOML; the message says where
   */
  static JsonNode read(String text) {
    try (JsonParser parser = new TomlFactory().createParser(text)) {
      return JsonTree.read(parser);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          e.getOriginalMessage() + " in line " + e.getLocation().getLineNr(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("of a text in memory", e);
    }
  }
}
