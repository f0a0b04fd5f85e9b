package dev.tiu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.JsonTree;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.SubvolumeInfo;
import dev.tiu.snapshot.Layout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a snapshot's /etc was merged from, so that edits made there afterwards aren't lost.
 *
 * @param snapshot the one whose live /etc it was
 * @param subvolume that /etc's own UUID
 * @param changed the transaction that had last changed it when it was copied
 */
record EtcOrigin(int snapshot, UUID subvolume, long changed) {
  /** Its file in {@code N/tiu}; it goes when the snapshot's first boot has looked at it. */
  static final String NAME = "etc-origin.json";

  private static final BytePath PATH = Layout.FILES.resolve(NAME);
  private static final int LIMIT = 4096;

  /** Of the live /etc that is about to be copied: what is written later counts as changed. */
  static EtcOrigin of(int snapshot, Dir live) throws IOException {
    SubvolumeInfo info = Btrfs.info(live);
    return new EtcOrigin(snapshot, info.uuid(), info.changed());
  }

  /** That of a snapshot; empty if there is none, or it can't be read. */
  static Optional<EtcOrigin> read(Dir place) throws IOException {
    if (place.find(PATH).isEmpty()) {
      return Optional.empty();
    }
    try (JsonParser parser = new JsonFactory().createParser(place.readAll(PATH, LIMIT))) {
      JsonNode node = JsonTree.read(parser);
      return Optional.of(
          new EtcOrigin(
              node.path("snapshot").asInt(),
              UUID.fromString(node.path("subvolume").asText()),
              node.path("changed").asLong()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether that /etc is as it was when it was copied. */
  boolean isStill(Dir live) throws IOException {
    return equals(of(snapshot, live));
  }

  byte[] json() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeNumberField("snapshot", snapshot);
      json.writeStringField("subvolume", subvolume.toString());
      json.writeNumberField("changed", changed);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  void write(Dir place) throws IOException {
    place.writeAtomically(PATH, json(), 0600);
  }

  /** From now on the snapshot's /etc is its own. */
  static void remove(Dir place) throws IOException {
    if (place.removeIfThere(PATH)) {
      place.sync();
    }
  }
}
