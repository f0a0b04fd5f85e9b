package dev.tiu;

import java.io.IOException;
import java.nio.file.Path;

/** There is nothing that says whom to trust. */
final class NoKeyringException extends IOException {
  private static final long serialVersionUID = 1;

  NoKeyringException(Path keyring) {
    super(
        ("there is no keyring %s, so no signature can be trusted. Put the certificate of the"
                + " image's CA there as a PEM file, or name one with --keyring FILE. (`tiu key"
                + " init DIR` makes a CA to begin with: its certificate is DIR/ca.crt.pem)")
            .formatted(keyring));
  }
}
