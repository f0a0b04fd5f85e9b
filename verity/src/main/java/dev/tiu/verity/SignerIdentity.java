package dev.tiu.verity;

import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/**
 * Who signed, for people and for logs.
 *
 * @param subject the certificate's subject, RFC 2253
 * @param issuer the certificate's issuer, RFC 2253
 * @param serial the certificate's serial number in hex
 * @param signingTime what the signer's clock said; it is signed, but nothing proves it right
 * @param fingerprint SHA-256 of the certificate in hex
 * @param algorithm of the signature, such as {@code ECDSA with SHA-256}
 */
public record SignerIdentity(
    String subject,
    String issuer,
    String serial,
    Instant notBefore,
    Instant notAfter,
    Optional<Instant> signingTime,
    String fingerprint,
    String algorithm) {

  static SignerIdentity of(
      X509Certificate certificate, Optional<Instant> signingTime, String algorithm) {
    return new SignerIdentity(
        name(certificate.getSubjectX500Principal()),
        name(certificate.getIssuerX500Principal()),
        certificate.getSerialNumber().toString(16),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        signingTime,
        fingerprint(certificate),
        algorithm);
  }

  /** RFC 2253, safe to print: an untrusted name must not move a terminal's cursor. */
  static String name(X500Principal principal) {
    return printable(principal.getName());
  }

  static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                shown.append(String.format("\\x%02x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  private static String fingerprint(X509Certificate certificate) {
    try {
      MessageDigest sha256 = BlockHasher.sha256();
      return HexFormat.of().formatHex(sha256.digest(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has an encoding", e);
    }
  }
}
