package dev.tiu.bundle;

import dev.tiu.verity.Keyring;
import java.time.Instant;

/** Why the content of a bundle may be believed. */
public sealed interface Trust {
  /**
   * Its signature leads to a certificate of the keyring, and it hasn't expired.
   *
   * @param now for certificates and the bundle's own expiry
   */
  record Signed(Keyring keyring, Instant now) implements Trust {}

  /** Without a reason: neither signature nor expiry are checked. For looking at a bundle only. */
  record InsecureWithoutSignature() implements Trust {}

  /** The way for every device. */
  static Trust signed(Keyring keyring, Instant now) {
    return new Signed(keyring, now);
  }

  /** No trust at all; anyone can have made the bundle. */
  static Trust insecureWithoutSignature() {
    return new InsecureWithoutSignature();
  }
}
