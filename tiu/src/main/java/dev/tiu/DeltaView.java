package dev.tiu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiu.bundle.ByteSource;
import dev.tiu.bundle.Container;
import dev.tiu.bundle.Kind;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.bundle.delta.DeltaManifest;
import dev.tiu.bundle.delta.Patch;
import dev.tiu.verity.SignerIdentity;
import java.io.IOException;

/** What commands that look at bundles say of a delta. */
final class DeltaView {
  private final Delta delta;
  private final DeltaManifest manifest;
  private final Console console;

  DeltaView(Delta delta, Console console) {
    this.delta = delta;
    this.manifest = delta.manifest();
    this.console = console;
  }

  /**
   * By its last bytes, which nobody has vouched for: opening it finds a lie. A source that can't be
   * read is closed.
   */
  static boolean isDelta(ByteSource source) throws IOException {
    boolean known = false;
    try {
      boolean delta = Container.kindOf(source).filter(kind -> kind == Kind.DELTA).isPresent();
      known = true;
      return delta;
    } finally {
      if (!known) {
        source.close();
      }
    }
  }

  /**
   * Shows the manifest.
   *
   * @param json as it was signed, fields that this version doesn't know included
   * @param size of the file, in bytes
   */
  void info(boolean json, long size) throws IOException {
    if (json) {
      ObjectNode signed = (ObjectNode) new ObjectMapper().readTree(delta.manifestJson());
      InfoCommand.addSigners(signed, delta.signers());
      console.json(signed);
      return;
    }
    TextTable table = new TextTable("Delta:", Console.size(size) + ", " + patches());
    table.add("From:", image(manifest.from()));
    table.add("To:", image(manifest.to()));
    table.add("Root hash:", manifest.verity().rootHash());
    for (SignerIdentity signer : delta.signers()) {
      InfoCommand.addSigner(table, signer);
    }
    table.lines().forEach(console::print);
  }

  private static String image(DeltaManifest.Image image) {
    return "version %s, image %s".formatted(image.version(), image.imageId());
  }

  private String patches() {
    long bytes = delta.patches().stream().mapToLong(Patch::size).sum();
    return "%s for %s of content"
        .formatted(DeltaCommand.patches(manifest.index().patches()), Console.size(bytes));
  }

  /** Says what has been found whole. */
  void verified() {
    for (SignerIdentity signer : delta.signers()) {
      console.print("Signature: by %s, trusted".formatted(signer.subject()));
    }
    console.print(
        "Hash tree: %s of 4096 bytes are as signed"
            .formatted(Console.count(manifest.verity().dataBlocks(), "block")));
    console.print("Index:     " + patches());
    console.print(
        "%s is whole: from version %s to %s"
            .formatted(delta.name(), manifest.from().version(), manifest.to().version()));
  }
}
