package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.ByteSource;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.delta.Delta;
import dev.tiu.verity.SignerIdentity;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu verify}. */
@Command(
    name = "verify",
    description = "Check a bundle's or a delta's signature and every byte of it.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private TrustOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private ThreadsOption threads;

  @Parameters(paramLabel = "BUNDLE", description = "The bundle, os.tiu, or delta: a file or a URL.")
  private BundleLocation file;

  VerifyCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Console console = context.console();
    Trust given = trust.trust(context);
    ByteSource source = transfer.openWhole(file, context);
    if (DeltaView.isDelta(source)) {
      try (Delta delta = Delta.open(source, given)) {
        delta.verify(threads.count(), Progress.NONE);
        new DeltaView(delta, console).verified();
      }
      transfer.finish(console);
      return ExitCode.OK.number();
    }
    try (Bundle bundle = Bundle.open(source, given)) {
      for (SignerIdentity signer : bundle.signers()) {
        console.print("Signature: by %s, trusted".formatted(signer.subject()));
      }
      bundle.verify(threads.count(), Progress.NONE);
      Manifest manifest = bundle.manifest();
      long files = bundle.tree().entries().size();
      console.print(
          "Hash tree: %s of 4096 bytes are as signed"
              .formatted(Console.count(manifest.verity().dataBlocks(), "block")));
      console.print(
          "Content:   %s, %s of content as its table says"
              .formatted(
                  Console.count(files, "path"),
                  Console.size(manifest.image().uncompressedBytes())));
      console.print("%s is whole: %s".formatted(file, Descriptions.of(manifest)));
    }
    transfer.finish(console);
    return ExitCode.OK.number();
  }
}
