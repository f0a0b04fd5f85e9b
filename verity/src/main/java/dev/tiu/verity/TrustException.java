package dev.tiu.verity;

import java.io.IOException;

/**
 * A signature, a certificate, a key or a keyring can't be trusted or used; the message says which
 * one and why.
 */
public final class TrustException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why not. */
  public enum Reason {
    /** The bytes aren't what they should be: DER, PEM, a certificate. */
    MALFORMED,
    /** Well formed, but with an algorithm, a curve or an extension that isn't accepted. */
    UNSUPPORTED,
    /** The signature doesn't fit the content and the signer's certificate. */
    BAD_SIGNATURE,
    /** No path leads from the signer to a certificate authority in the keyring. */
    UNTRUSTED,
    /** A certificate on the path isn't valid yet. */
    NOT_YET_VALID,
    /** A certificate on the path isn't valid any more. */
    EXPIRED,
    /** A certificate on the path was revoked. */
    REVOKED,
    /** A revocation list is too old, too new, or not signed by whom it should be. */
    UNUSABLE_CRL,
    /** A certificate on the path isn't meant for this use. */
    WRONG_USAGE,
    /** The keyring is missing, empty or holds something it must not. */
    BAD_KEYRING,
    /** The private key can't be used: wrong passphrase, or not the certificate's. */
    BAD_KEY
  }

  private final Reason reason;

  TrustException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  TrustException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
