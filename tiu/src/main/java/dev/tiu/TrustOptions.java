package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Trust;
import dev.tiu.verity.Keyring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whose signatures a command accepts. */
final class TrustOptions {
  @Option(
      names = "--keyring",
      paramLabel = "FILE|DIR",
      defaultValue = "/etc/tiu/keyring",
      description =
          "Certificates to trust, PEM, one file or all in a directory"
              + " (default: ${DEFAULT-VALUE}).")
  private Path keyring;

  /** Opens a bundle whose signature has been verified. */
  Bundle open(Path bundle, Context context) throws IOException {
    return Bundle.open(FileSource.open(bundle), trust(context));
  }

  /** The same of a bundle that may be on a server. */
  Bundle open(BundleLocation location, TransferOptions transfer, Context context)
      throws IOException {
    Trust trust = trust(context);
    return Bundle.open(transfer.open(location, context), trust);
  }

  /** Why what is opened may be believed. */
  Trust trust(Context context) throws IOException {
    if (Files.notExists(keyring)) {
      throw new NoKeyringException(keyring);
    }
    return Trust.signed(Keyring.load(keyring), context.clock().instant());
  }
}
