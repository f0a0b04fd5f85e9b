package dev.tiu;

import dev.tiu.verity.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who signs a bundle. */
final class SignerOptions {
  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "The signer's private key, PEM. For several signers: repeated with --cert.")
  private List<Path> keys;

  @Option(
      names = "--cert",
      required = true,
      paramLabel = "FILE",
      description = "The signer's certificate, PEM; in the order of the keys.")
  private List<Path> certificates;

  @Option(
      names = "--intermediate",
      paramLabel = "FILE",
      description =
          "A certificate between a signer's and the CA's, PEM; goes into the bundle. May be"
              + " repeated.")
  private List<Path> intermediates = List.of();

  @Mixin private PassphraseOption passphrase;

  List<Signer> load() throws IOException {
    if (keys.size() != certificates.size()) {
      throw new UsageException(
          "each --key needs its --cert: there are %d and %d"
              .formatted(keys.size(), certificates.size()));
    }
    Optional<char[]> secret = passphrase.read();
    List<Signer> signers = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      signers.add(Signer.load(keys.get(i), certificates.get(i), intermediates, secret));
    }
    return signers;
  }
}
