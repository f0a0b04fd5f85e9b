package dev.tiu.bundle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiu.linux.BytePath;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The manifest's JSON.
 *
 * <p>Written by hand rather than bound to the records: the bytes are signed, so their order and
 * form must not depend on a library's defaults.
 */
final class ManifestJson {
  private ManifestJson() {}

  static byte[] write(Manifest manifest) {
    ObjectNode root = SignedJson.object();
    root.put("format", manifest.format());
    ArrayNode compatible = root.putArray("compatible");
    manifest.compatible().forEach(compatible::add);
    root.put("version", manifest.version().text());
    manifest.minVersion().ifPresent(version -> root.put("minVersion", version.text()));
    root.put("architecture", manifest.architecture());
    root.put("created", manifest.created().toString());
    manifest.expires().ifPresent(expires -> root.put("expires", expires.toString()));
    manifest.kernelVersion().ifPresent(kernel -> root.put("kernelVersion", kernel));
    manifest.boot().initrd().ifPresent(policy -> root.put("initrd", policy));
    manifest.boot().kernelArguments().ifPresent(text -> root.put("kernelArguments", text));
    if (!manifest.imageOwned().isEmpty()) {
      ArrayNode owned = root.putArray("imageOwned");
      manifest.imageOwned().forEach(path -> owned.add(path.toString()));
    }
    writeEtcPolicies(manifest.etcPolicies(), root);
    writeOsRelease(manifest.osRelease(), root.putObject("osRelease"));
    writeImage(manifest.image(), root.putObject("image"));
    SignedJson.writeVerity(manifest.verity(), root.putObject("verity"));
    root.putObject("contentTable")
        .put("offset", manifest.contentTable().offset())
        .put("size", manifest.contentTable().size())
        .put("sha256", manifest.contentTable().sha256());
    return SignedJson.bytes(root);
  }

  private static void writeEtcPolicies(List<EtcPolicy> policies, ObjectNode root) {
    if (!policies.isEmpty()) {
      ArrayNode array = root.putArray("etcPolicies");
      for (EtcPolicy policy : policies) {
        array.addObject().put("paths", policy.paths()).put("policy", policy.policy());
      }
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

  static Manifest parse(byte[] json) throws ManifestException {
    JsonFields root = SignedJson.parse(json);
    if (root.has("kind")) {
      // Bundles of format 1 have no such field; a delta's manifest must not pass as one of theirs.
      throw new ManifestException(
          "kind", "\"" + root.text("kind") + "\"; a bundle's manifest has no kind");
    }
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
          SignedJson.readVerity(root.object("verity")),
          readTable(root.object("contentTable")),
          root.optionalText("kernelVersion"),
          readImageOwned(root),
          readEtcPolicies(root),
          new Manifest.Boot(root.optionalText("initrd"), root.optionalText("kernelArguments")));
    } catch (IllegalArgumentException e) {
      // The records' own checks, whose messages begin with the field.
      throw SignedJson.failure(e);
    }
  }

  private static List<BytePath> readImageOwned(JsonFields root) throws ManifestException {
    List<BytePath> paths = new ArrayList<>();
    for (String text : root.has("imageOwned") ? root.texts("imageOwned") : List.<String>of()) {
      try {
        paths.add(BytePath.of(text));
      } catch (IllegalArgumentException e) {
        throw new ManifestException("imageOwned", String.valueOf(e.getMessage()));
      }
    }
    return paths;
  }

  private static List<EtcPolicy> readEtcPolicies(JsonFields root) throws ManifestException {
    List<EtcPolicy> policies = new ArrayList<>();
    if (root.has("etcPolicies")) {
      for (JsonFields policy : root.objects("etcPolicies")) {
        policies.add(new EtcPolicy(policy.text("paths"), policy.text("policy")));
      }
    }
    return policies;
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

  private static Manifest.Table readTable(JsonFields table) throws ManifestException {
    return new Manifest.Table(table.number("offset"), table.number("size"), table.text("sha256"));
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
}
