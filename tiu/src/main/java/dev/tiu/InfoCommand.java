package dev.tiu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.ByteSource;
import dev.tiu.bundle.EtcPolicy;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.SignerIdentity;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu info}. */
@Command(
    name = "info",
    description = "Show what a bundle or a delta says of itself, and who signed it.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private InspectionOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private JsonOption json;

  @Parameters(paramLabel = "BUNDLE", description = "The bundle, os.tiu, or delta: a file or a URL.")
  private BundleLocation file;

  InfoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Trust given = trust.trust(context);
    ByteSource source = transfer.open(file, context);
    if (DeltaView.isDelta(source)) {
      try (Delta delta = Delta.open(source, given)) {
        new DeltaView(delta, context.console()).info(json.isOn(), source.size());
      }
      transfer.finish();
      return ExitCode.OK.number();
    }
    try (Bundle bundle = Bundle.open(source, given)) {
      if (json.isOn()) {
        context.console().json(json(bundle));
      } else {
        table(bundle).lines().forEach(context.console()::print);
      }
    }
    transfer.finish();
    return ExitCode.OK.number();
  }

  /** The manifest as it was signed, fields that this version doesn't know included. */
  private static ObjectNode json(Bundle bundle) throws IOException {
    ObjectNode manifest = (ObjectNode) new ObjectMapper().readTree(bundle.manifestJson());
    addSigners(manifest, bundle.signers());
    return manifest;
  }

  static void addSigners(ObjectNode manifest, List<SignerIdentity> identities) {
    ArrayNode signers = manifest.putArray("signers");
    for (SignerIdentity signer : identities) {
      ObjectNode node =
          signers
              .addObject()
              .put("subject", signer.subject())
              .put("issuer", signer.issuer())
              .put("serial", signer.serial())
              .put("notBefore", signer.notBefore().toString())
              .put("notAfter", signer.notAfter().toString())
              .put("fingerprint", signer.fingerprint())
              .put("algorithm", signer.algorithm());
      signer.signingTime().ifPresent(time -> node.put("signingTime", time.toString()));
    }
  }

  private TextTable table(Bundle bundle) throws IOException {
    Manifest manifest = bundle.manifest();
    TextTable table = new TextTable("Image:", Descriptions.of(manifest));
    table.add("For:", String.join(", ", manifest.compatible()));
    table.add("Architecture:", manifest.architecture());
    manifest.minVersion().ifPresent(v -> table.add("Updates from:", v + " and later"));
    manifest.kernelVersion().ifPresent(kernel -> table.add("Kernel:", kernel));
    manifest.boot().initrd().ifPresent(policy -> table.add("Initrd:", policy));
    manifest.boot().kernelArguments().ifPresent(text -> table.add("Kernel arguments:", text));
    if (!manifest.imageOwned().isEmpty()) {
      table.add("Image-owned:", String.join(", ", texts(manifest.imageOwned())));
    }
    for (EtcPolicy policy : manifest.etcPolicies()) {
      table.add("Policy:", "/etc/%s: %s".formatted(policy.paths(), policy.policy()));
    }
    table.add("Made:", manifest.created().toString());
    manifest.expires().ifPresent(expires -> table.add("Expires:", expires.toString()));
    Manifest.Image image = manifest.image();
    table.add(
        "Files:",
        "%s in %s".formatted(Console.size(image.uncompressedBytes()), inodes(image.inodes())));
    table.add(
        "Bundle:",
        "%s, %s in blocks of %d KiB"
            .formatted(Console.size(bundle.size()), image.compression(), image.blockSize() >> 10));
    table.add("Root hash:", manifest.verity().rootHash());
    table.add("Image ID:", bundle.imageId());
    for (SignerIdentity signer : bundle.signers()) {
      addSigner(table, signer);
    }
    return table;
  }

  private static List<String> texts(List<BytePath> paths) {
    return paths.stream().map(path -> "/" + path).toList();
  }

  private static String inodes(int inodes) {
    return Console.count(inodes, "inode");
  }

  static void addSigner(TextTable table, SignerIdentity signer) {
    table.add("Signed by:", signer.subject());
    table.add("", "certificate %s of %s".formatted(signer.serial(), signer.issuer()));
    table.add("", "valid from %s to %s".formatted(signer.notBefore(), signer.notAfter()));
    table.add("", "SHA-256 " + signer.fingerprint());
    table.add(
        "",
        signer.algorithm()
            + signer.signingTime().map(time -> ", " + time + " by its clock").orElse(""));
  }
}
