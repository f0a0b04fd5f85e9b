package dev.tiu.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Strict access to a JSON object's fields; what is missing or of another type is named. */
public final class JsonFields {
  /** Names and values are short; no honest list or map is longer. */
  private static final int MAX_ENTRIES = 1024;

  private static final int MAX_TEXT = 1 << 20;

  private final JsonNode object;
  private final String prefix;

  JsonFields(JsonNode object, String path) throws ManifestException {
    if (!object.isObject()) {
      throw new ManifestException(path, "expected an object, found " + object.getNodeType());
    }
    this.object = object;
    this.prefix = path.isEmpty() ? "" : path + ".";
  }

  /** The field as a path from the root. */
  public String path(String name) {
    return prefix + name;
  }

  /** Whether there is such a field, of whatever type. */
  public boolean has(String name) {
    return object.has(name);
  }

  /** An object that must be there. */
  public JsonFields object(String name) throws ManifestException {
    return new JsonFields(required(name), path(name));
  }

  /** A text that must be there. */
  public String text(String name) throws ManifestException {
    return text(required(name), path(name));
  }

  /** A text that may be missing. */
  public Optional<String> optionalText(String name) throws ManifestException {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /** A whole number that must be there. */
  public long number(String name) throws ManifestException {
    JsonNode node = required(name);
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new ManifestException(path(name), "expected a whole number, found " + brief(node));
    }
    return node.longValue();
  }

  /** A whole number from 0 to 2147483647. */
  public int smallNumber(String name) throws ManifestException {
    long value = number(name);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new ManifestException(path(name), value + " is out of range");
    }
    return (int) value;
  }

  /** A list of texts that must be there. */
  public List<String> texts(String name) throws ManifestException {
    JsonNode array = required(name);
    if (!array.isArray()) {
      throw new ManifestException(path(name), "expected a list, found " + brief(array));
    }
    checkCount(array, name);
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array) {
      texts.add(text(element, path(name)));
    }
    return texts;
  }

  /** A list of objects that must be there. */
  public List<JsonFields> objects(String name) throws ManifestException {
    JsonNode array = required(name);
    if (!array.isArray()) {
      throw new ManifestException(path(name), "expected a list, found " + brief(array));
    }
    checkCount(array, name);
    List<JsonFields> objects = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      objects.add(new JsonFields(array.get(i), path(name) + "[" + i + "]"));
    }
    return objects;
  }

  private JsonNode required(String name) throws ManifestException {
    @Nullable JsonNode node = object.get(name);
    if (node == null) {
      throw new ManifestException(path(name), "missing");
    }
    return node;
  }

  private void checkCount(JsonNode node, String name) throws ManifestException {
    if (node.size() > MAX_ENTRIES) {
      throw new ManifestException(
          path(name), node.size() + " entries, at most " + MAX_ENTRIES + " are possible");
    }
  }

  private static String text(JsonNode node, String path) throws ManifestException {
    if (!node.isTextual()) {
      throw new ManifestException(path, "expected a text, found " + brief(node));
    }
    String text = node.textValue();
    if (text.length() > MAX_TEXT) {
      throw new ManifestException(path, "a text of " + text.length() + " characters");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      // An escape can name half a character, which nothing could write again.
      throw new ManifestException(path, "a text with half of a surrogate pair");
    }
    return text;
  }

  private static String brief(JsonNode node) {
    String json = node.toString();
    return json.length() <= 60 ? json : json.substring(0, 60) + "…";
  }
}
