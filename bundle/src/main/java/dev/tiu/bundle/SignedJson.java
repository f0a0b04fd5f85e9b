package dev.tiu.bundle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * JSON whose bytes are signed: the same content always has the same bytes, and nothing in it can be
 * read in two ways.
 */
public final class SignedJson {
  private static final int MAX_DEPTH = 16;

  /**
   * More than the largest channel has: each takes some hundred bytes of the heap, so that a text of
   * nothing but brackets would take far more than its own size.
   */
  private static final int MAX_TOKENS = 1 << 18;

  private SignedJson() {}

  /** An object without fields. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Indented by two spaces, fields in the order in which they were put, one line end after it. */
  public static byte[] bytes(ObjectNode object) {
    DefaultIndenter indent = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
    try {
      return (new JsonMapper().writer(printer).writeValueAsString(object) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads one object.
   *
   * @throws ManifestException if it isn't one, has a field twice, is too deep or has too many parts
   */
  public static JsonFields parse(byte[] json) throws ManifestException {
    try (JsonParser parser = factory().createParser(json)) {
      return new JsonFields(JsonTree.read(parser), "");
    } catch (ManifestException e) {
      throw e;
    } catch (IOException e) {
      throw new ManifestException("", "not JSON: " + e.getMessage());
    }
  }

  /** A failed check of a record, whose message begins with the field and a colon. */
  public static ManifestException failure(IllegalArgumentException failure) {
    String message = String.valueOf(failure.getMessage());
    int colon = message.indexOf(": ");
    return colon < 0
        ? new ManifestException("", message)
        : new ManifestException(message.substring(0, colon), message.substring(colon + 2));
  }

  /** Puts the hash tree's fields. */
  public static void writeVerity(Manifest.Verity verity, ObjectNode node) {
    node.put("version", verity.version());
    node.put("hashAlgorithm", verity.hashAlgorithm());
    node.put("dataBlockSize", verity.dataBlockSize());
    node.put("hashBlockSize", verity.hashBlockSize());
    node.put("dataBlocks", verity.dataBlocks());
    node.put("salt", verity.salt());
    node.put("rootHash", verity.rootHash());
    node.put("treeOffset", verity.treeOffset());
    node.put("treeSize", verity.treeSize());
    node.put("uuid", verity.uuid().toString());
  }

  /**
   * Takes the hash tree's fields.
   *
   * @throws IllegalArgumentException for a value that can't be
   */
  public static Manifest.Verity readVerity(JsonFields verity) throws ManifestException {
    return new Manifest.Verity(
        verity.smallNumber("version"),
        verity.text("hashAlgorithm"),
        verity.smallNumber("dataBlockSize"),
        verity.smallNumber("hashBlockSize"),
        verity.number("dataBlocks"),
        verity.text("salt"),
        verity.text("rootHash"),
        verity.number("treeOffset"),
        verity.number("treeSize"),
        uuid(verity));
  }

  private static UUID uuid(JsonFields verity) throws ManifestException {
    String text = verity.text("uuid");
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new ManifestException(verity.path("uuid"), "not a UUID: \"" + text + "\"");
    }
  }

  private static JsonFactory factory() {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxTokenCount(MAX_TOKENS)
                .build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }
}
