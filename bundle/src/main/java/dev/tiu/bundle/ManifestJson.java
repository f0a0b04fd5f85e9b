package dev.tiu.bundle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * The manifest's JSON.
 *
 * <p>Written by hand rather than bound to the records: the bytes are signed, so their order and
 * form must not depend on a library's defaults.
 */
final class ManifestJson {
  private static final int MAX_DEPTH = 16;

  private ManifestJson() {}

  static byte[] write(Manifest manifest) {
    ObjectNode root = mapper().createObjectNode();
    root.put("format", manifest.format());
    ArrayNode compatible = root.putArray("compatible");
    manifest.compatible().forEach(compatible::add);
    root.put("version", manifest.version().text());
    manifest.minVersion().ifPresent(version -> root.put("minVersion", version.text()));
    root.put("architecture", manifest.architecture());
    root.put("created", manifest.created().toString());
    manifest.expires().ifPresent(expires -> root.put("expires", expires.toString()));
    manifest.kernelVersion().ifPresent(kernel -> root.put("kernelVersion", kernel));
    writeOsRelease(manifest.osRelease(), root.putObject("osRelease"));
    writeImage(manifest.image(), root.putObject("image"));
    writeVerity(manifest.verity(), root.putObject("verity"));
    root.putObject("contentTable")
        .put("offset", manifest.contentTable().offset())
        .put("size", manifest.contentTable().size())
        .put("sha256", manifest.contentTable().sha256());
    DefaultIndenter indent = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
    try {
      return (mapper().writer(printer).writeValueAsString(root) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeOsRelease(Manifest.OsRelease os, ObjectNode node) {
    os.id().ifPresent(id -> node.put("id", id));
    os.versionId().ifPresent(version -> node.put("versionId", version));
    os.versionCodename().ifPresent(codename -> node.put("versionCodename", codename));
    os.prettyName().ifPresent(name -> node.put("prettyName", name));
  }

  private static void writeImage(Manifest.Image image, ObjectNode node) {
    node.put("size", image.size());
    node.put("bytesUsed", image.bytesUsed());
    node.put("uncompressedBytes", image.uncompressedBytes());
    node.put("inodes", image.inodes());
    node.put("compression", image.compression());
    node.put("blockSize", image.blockSize());
  }

  private static void writeVerity(Manifest.Verity verity, ObjectNode node) {
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

  static Manifest parse(byte[] json) throws ManifestException {
    JsonNode node;
    try {
      node = mapper().readTree(json);
    } catch (IOException e) {
      throw new ManifestException("", "not JSON: " + e.getMessage());
    }
    JsonFields root = new JsonFields(node, "");
    int format = root.smallNumber("format");
    if (format != Trailer.FORMAT) {
      // Before anything else: another format may have other fields.
      throw new ManifestException(
          "format",
          format + "; this tiu reads format " + Trailer.FORMAT + ". Update tiu on this machine");
    }
    try {
      return new Manifest(
          format,
          root.texts("compatible"),
          new Version(root.text("version")),
          root.optionalText("minVersion").map(Version::new),
          root.text("architecture"),
          instant(root, "created"),
          root.has("expires") ? Optional.of(instant(root, "expires")) : Optional.empty(),
          readOsRelease(root.object("osRelease")),
          readImage(root.object("image")),
          readVerity(root.object("verity")),
          readTable(root.object("contentTable")),
          root.optionalText("kernelVersion"));
    } catch (IllegalArgumentException e) {
      // The records' own checks, whose messages begin with the field.
      throw ofRecord(String.valueOf(e.getMessage()));
    }
  }

  private static ManifestException ofRecord(String message) {
    int colon = message.indexOf(": ");
    return colon < 0
        ? new ManifestException("", message)
        : new ManifestException(message.substring(0, colon), message.substring(colon + 2));
  }

  private static Manifest.OsRelease readOsRelease(JsonFields os) throws ManifestException {
    return new Manifest.OsRelease(
        os.optionalText("id"),
        os.optionalText("versionId"),
        os.optionalText("prettyName"),
        os.optionalText("versionCodename"));
  }

  private static Manifest.Image readImage(JsonFields image) throws ManifestException {
    return new Manifest.Image(
        image.number("size"),
        image.number("bytesUsed"),
        image.number("uncompressedBytes"),
        image.smallNumber("inodes"),
        image.text("compression"),
        image.smallNumber("blockSize"));
  }

  private static Manifest.Verity readVerity(JsonFields verity) throws ManifestException {
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

  private static Manifest.Table readTable(JsonFields table) throws ManifestException {
    return new Manifest.Table(table.number("offset"), table.number("size"), table.text("sha256"));
  }

  private static UUID uuid(JsonFields verity) throws ManifestException {
    String text = verity.text("uuid");
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new ManifestException(verity.path("uuid"), "not a UUID: \"" + text + "\"");
    }
  }

  private static Instant instant(JsonFields fields, String name) throws ManifestException {
    String text = fields.text(name);
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new ManifestException(
          fields.path(name), "not a time such as 2026-11-20T12:00:00Z: \"" + text + "\"");
    }
  }

  private static JsonMapper mapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    return JsonMapper.builder(factory)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }
}
