package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Trust;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose signatures a command accepts that only looks, and so may be told not to ask. */
final class InspectionOptions {
  @Mixin private TrustOptions trust;

  @Option(
      names = "--insecure-any-signer",
      description = "Don't ask who signed the bundle. It could be from anybody.")
  private boolean insecure;

  Bundle open(BundleLocation location, TransferOptions transfer, Context context)
      throws IOException {
    Trust given = trust(context);
    return Bundle.open(transfer.open(location, context), given);
  }

  /** Why what is opened may be believed; says so where nothing is asked. */
  Trust trust(Context context) throws IOException {
    if (!insecure) {
      return trust.trust(context);
    }
    context.console().note("The signature isn't checked: this bundle could be from anybody.");
    return Trust.insecureWithoutSignature();
  }
}
