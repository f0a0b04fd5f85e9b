package dev.tiu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.delta.DeltaManifest;
import dev.tiu.etcmerge.accounts.AccountNote;
import java.util.List;
import java.util.Optional;

/** What {@code tiu update --check} says. */
final class UpdateCheck {
  private final Console console;
  private final boolean json;
  private final InstalledSystem installed;

  UpdateCheck(Console console, boolean json, InstalledSystem installed) {
    this.console = console;
    this.json = json;
    this.installed = installed;
  }

  private ObjectNode start(boolean available) {
    ObjectNode node = new ObjectMapper().createObjectNode().put("available", available);
    ObjectNode present = node.putObject("installed").put("snapshot", installed.base().number());
    installed.version().ifPresent(version -> present.put("version", version.text()));
    installed.imageId().ifPresent(id -> present.put("imageId", id));
    return node;
  }

  /** The source has nothing newer. */
  void nothing() {
    if (json) {
      console.json(start(false));
    } else {
      console.print("Nothing to do: this device has version " + installed.versionText());
    }
  }

  /**
   * There is an image.
   *
   * @param preview empty if a snapshot has it already
   * @param delta that would be used
   * @param remote whether it would be downloaded
   */
  void image(
      Bundle bundle,
      Optional<UpdateTransaction.Preview> preview,
      Optional<DeltaManifest> delta,
      boolean remote) {
    if (json) {
      ObjectNode node = start(preview.isPresent());
      ObjectNode image = node.putObject("image");
      image.put("bundle", bundle.name());
      image.put("imageId", bundle.imageId());
      image.put("version", bundle.manifest().version().text());
      preview.ifPresent(p -> put(node.putArray("movedAccounts"), p.moved()));
      preview.ifPresent(
          p ->
              node.put("writeBytes", p.plan().contentBytes())
                  .put("writeFiles", p.plan().filesWritten())
                  .put("downloadBytes", remote ? p.downloadBytes() : 0));
      delta.ifPresent(d -> node.put("deltaFrom", d.from().imageId()));
      console.json(node);
      return;
    }
    console.print(
        "%s: %s; this device has version %s"
            .formatted(bundle.name(), Descriptions.of(bundle.manifest()), installed.versionText()));
    if (preview.isEmpty()) {
      console.print("Nothing to do: a snapshot has this image already");
      return;
    }
    PlanSummary.print(preview.get().plan(), console);
    preview.get().moved().forEach(note -> console.print(EtcReport.Line.of(note).text()));
    if (remote) {
      console.print(
          "Downloads about %s%s"
              .formatted(
                  Console.size(preview.get().downloadBytes()),
                  delta.map(d -> " (delta from " + d.from().version() + ")").orElse("")));
    }
  }

  private static void put(ArrayNode array, List<AccountNote> moved) {
    for (AccountNote note : moved) {
      array
          .addObject()
          .put("path", "/etc/" + note.file().fileName())
          .put("name", note.name())
          .put("reason", note.sentence());
    }
  }
}
