package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.Progress;
import dev.tiu.verity.SignerIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu verify}. */
@Command(
    name = "verify",
    description = "Check a bundle's signature and every byte of it.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private TrustOptions trust;
  @Mixin private ThreadsOption threads;

  @Parameters(paramLabel = "BUNDLE", description = "The bundle, os.tiu.")
  private Path file;

  VerifyCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Console console = context.console();
    try (Bundle bundle = trust.open(file, context)) {
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
    return ExitCode.OK.number();
  }
}
