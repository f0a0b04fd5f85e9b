package dev.tiu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.JsonTree;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * That a snapshot was made in place of another one, in which some accounts of the image have other
 * numbers; until all is done that follows when it has become the default.
 *
 * @param snapshot the other one
 * @param unused whether that was never booted, and nobody has written to its /etc: then it goes
 */
record Renumbered(int snapshot, boolean unused) {
  /** Its file in {@code N/tiu}. */
  static final String NAME = "renumbered.json";

  private static final BytePath PATH = Layout.FILES.resolve(NAME);
  private static final int LIMIT = 4096;

  byte[] json() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeNumberField("snapshot", snapshot);
      json.writeBooleanField("unused", unused);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static Optional<Renumbered> read(Dir place, int number) throws IOException {
    if (place.find(PATH).isEmpty()) {
      return Optional.empty();
    }
    try (JsonParser parser = new JsonFactory().createParser(place.readAll(PATH, LIMIT))) {
      JsonNode node = JsonTree.read(parser);
      return Optional.of(
          new Renumbered(node.path("snapshot").asInt(), node.path("unused").asBoolean()));
    } catch (JsonProcessingException e) {
      throw new DeviceException(
          "%s of snapshot %d is damaged (%s): which files in /var have to get other owners isn't"
                  .formatted(PATH, number, e.getOriginalMessage())
              + " known. Nothing was changed; remove that file, and look at the owners below /var"
              + " of the accounts that the snapshot's ids.json names");
    }
  }

  /** The snapshots that others were made in place of, and which those still need. */
  static Set<Integer> needed(SnapshotStore store) throws IOException {
    Set<Integer> needed = new HashSet<>();
    for (Snapshot snapshot : store.list()) {
      if (snapshot.isOurs()) {
        try (Dir place = store.open(snapshot.number())) {
          read(place, snapshot.number()).ifPresent(note -> needed.add(note.snapshot()));
        }
      }
    }
    return needed;
  }

  /** Whether a snapshot was made so, and all that follows isn't done. */
  static boolean isThere(SnapshotStore store, Snapshot snapshot) throws IOException {
    try (Dir place = store.open(snapshot.number())) {
      return place.find(PATH).isPresent();
    }
  }

  /**
   * Does what follows when a snapshot has become the default: what its image has brought into the
   * shared directories gets the owners that it has in this one, and the other one goes if nobody
   * has used it. May be cut off and done again; before the switch it would be too early, as the
   * other one would then boot with files that aren't its own accounts' any more.
   */
  static void complete(Device device, SnapshotStore store, Snapshot isDefault) throws IOException {
    try (Dir place = store.open(isDefault.number())) {
      Optional<Renumbered> note = read(place, isDefault.number());
      if (note.isEmpty()) {
        return;
      }
      Optional<Snapshot> other = store.find(note.get().snapshot());
      if (other.filter(o -> o.root().isPresent()).isPresent()) {
        if (device.renumberShared(store, other.get().number(), isDefault.number())) {
          device.top().syncFileSystem();
        }
        if (note.get().unused() && !other.get().isBooted() && !other.get().isDefault()) {
          store.remove(other.get());
        }
      }
      place.unlink(PATH);
      place.sync();
    }
  }
}
