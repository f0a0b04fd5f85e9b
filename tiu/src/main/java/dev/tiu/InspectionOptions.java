package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Trust;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose signatures a command accepts that only looks, and so may be told not to ask. */
final class InspectionOptions {
  @Mixin private TrustOptions trust;

  @Option(
      names = "--insecure-any-signer",
      description = "Don't ask who signed the bundle. It could be from anybody.")
  private boolean insecure;

  Bundle open(Path bundle, Context context) throws IOException {
    if (!insecure) {
      return trust.open(bundle, context);
    }
    context.console().note("The signature isn't checked: this bundle could be from anybody.");
    return Bundle.open(FileSource.open(bundle), Trust.insecureWithoutSignature());
  }
}
