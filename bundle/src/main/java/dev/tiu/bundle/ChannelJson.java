package dev.tiu.bundle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A channel's JSON; read from anyone, so that nothing in it is believed before it is bounded. */
final class ChannelJson {
  private static final int FORMAT = 1;

  private ChannelJson() {}

  static byte[] write(Channel channel) {
    ObjectNode root = SignedJson.object();
    root.put("format", FORMAT);
    ArrayNode images = root.putArray("images");
    channel.images().forEach(image -> write(image, images.addObject()));
    ArrayNode deltas = root.putArray("deltas");
    for (Channel.DeltaFile delta : channel.deltas()) {
      deltas
          .addObject()
          .put("file", delta.file())
          .put("from", delta.from())
          .put("to", delta.to())
          .put("size", delta.size());
    }
    return SignedJson.bytes(root);
  }

  private static void write(Channel.ImageFile image, ObjectNode node) {
    node.put("file", image.file());
    node.put("imageId", image.imageId());
    node.put("version", image.version().text());
    image.minVersion().ifPresent(version -> node.put("minVersion", version.text()));
    node.put("architecture", image.architecture());
    ArrayNode compatible = node.putArray("compatible");
    image.compatible().forEach(compatible::add);
    node.put("size", image.size());
  }

  static Channel parse(byte[] json, String name) throws ChannelException {
    if (json.length > Channel.MAX_SIZE) {
      throw new ChannelException(
          name, "%d bytes, at most %d are possible".formatted(json.length, Channel.MAX_SIZE));
    }
    try {
      return parse(SignedJson.parse(json));
    } catch (IllegalArgumentException | ManifestException e) {
      throw new ChannelException(name, "not a channel's description: " + e.getMessage());
    }
  }

  private static Channel parse(JsonFields root) throws ManifestException {
    long format = root.number("format");
    if (format != FORMAT) {
      // Before anything else: another format may have other fields.
      throw new ManifestException(
          "format", format + "; this tiu reads format " + FORMAT + ". Update tiu on this machine");
    }
    List<Channel.ImageFile> images = new ArrayList<>();
    for (JsonFields image : root.objects("images")) {
      images.add(image(image));
    }
    List<Channel.DeltaFile> deltas = new ArrayList<>();
    for (JsonFields delta : root.objects("deltas")) {
      deltas.add(delta(delta));
    }
    return new Channel(images, deltas);
  }

  private static Channel.ImageFile image(JsonFields image) throws ManifestException {
    try {
      return new Channel.ImageFile(
          image.text("file"),
          image.text("imageId"),
          new Version(image.text("version")),
          image.optionalText("minVersion").map(Version::new),
          image.text("architecture"),
          image.texts("compatible"),
          image.number("size"));
    } catch (IllegalArgumentException e) {
      throw new ManifestException("", image.path(String.valueOf(e.getMessage())));
    }
  }

  private static Channel.DeltaFile delta(JsonFields delta) throws ManifestException {
    try {
      return new Channel.DeltaFile(
          delta.text("file"), delta.text("from"), delta.text("to"), delta.number("size"));
    } catch (IllegalArgumentException e) {
      throw new ManifestException("", delta.path(String.valueOf(e.getMessage())));
    }
  }
}
