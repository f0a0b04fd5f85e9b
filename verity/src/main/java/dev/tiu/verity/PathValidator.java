package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Whether a path of certificates may vouch for a signature on an image, at one moment.
 *
 * <p>RFC 5280 section 6 by the Java runtime's PKIX validator, with the anchor's certificate as part
 * of the path, so that its own validity, basic constraints, path length and name constraints count
 * too. Beyond RFC 5280: the signer must have the key usage digitalSignature and the extended key
 * usage codeSigning spelled out; a CA that has extended key usages must have codeSigning among
 * them; algorithms and keys must be strong; and {@link Revocations} are checked.
 */
final class PathValidator {
  private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_CERT_SIGN = 5;

  private static final Set<String> SIGNATURE_ALGORITHMS =
      Set.of(
          "SHA256WITHECDSA",
          "SHA384WITHECDSA",
          "SHA512WITHECDSA",
          "SHA256WITHRSA",
          "SHA384WITHRSA",
          "SHA512WITHRSA",
          "RSASSA-PSS",
          "ED25519",
          "EDDSA",
          "1.3.101.112");

  private final Keyring keyring;
  private final Instant now;

  PathValidator(Keyring keyring, Instant now) {
    this.keyring = keyring;
    this.now = now;
  }

  /** Finds a path from the signer to an anchor that holds; throws why the first one doesn't. */
  void validate(X509Certificate signer, List<X509Certificate> offered) throws TrustException {
    requireSignerUsage(signer);
    TrustException first = null;
    for (CertificatePath path : CertificatePath.find(signer, offered, keyring)) {
      try {
        validate(path);
        return;
      } catch (TrustException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private void validate(CertificatePath path) throws TrustException {
    List<X509Certificate> certificates = path.certificates();
    for (X509Certificate certificate : certificates) {
      requireValidNow(certificate);
      requireStrong(certificate);
    }
    for (X509Certificate authority : certificates.subList(1, certificates.size())) {
      requireAuthority(authority);
    }
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(path.anchor(), null)));
      parameters.setDate(Date.from(now));
      parameters.setRevocationEnabled(false); // Revocations does it, and says what is wrong
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(certificates), parameters);
    } catch (CertPathValidatorException e) {
      int index = Math.max(0, e.getIndex());
      throw new TrustException(
          Reason.UNTRUSTED, named(certificates.get(index)) + " isn't valid: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new TrustException(
          Reason.UNTRUSTED, "the path can't be validated: " + e.getMessage(), e);
    }
    new Revocations(keyring, now).check(path);
  }

  private void requireValidNow(X509Certificate certificate) throws TrustException {
    Instant notBefore = certificate.getNotBefore().toInstant();
    Instant notAfter = certificate.getNotAfter().toInstant();
    if (now.isBefore(notBefore)) {
      throw new TrustException(
          Reason.NOT_YET_VALID,
          named(certificate) + " is valid from " + notBefore + " on, and it is " + now + " now");
    }
    if (now.isAfter(notAfter)) {
      throw new TrustException(
          Reason.EXPIRED,
          named(certificate) + " expired at " + notAfter + ", and it is " + now + " now");
    }
  }

  private static void requireStrong(X509Certificate certificate) throws TrustException {
    KeyKinds.require(certificate.getPublicKey(), named(certificate));
    String algorithm = certificate.getSigAlgName();
    if (!SIGNATURE_ALGORITHMS.contains(algorithm.toUpperCase(Locale.ROOT))) {
      throw new TrustException(
          Reason.UNSUPPORTED,
          named(certificate) + " is signed with " + algorithm + ", which isn't accepted");
    }
  }

  private static void requireSignerUsage(X509Certificate signer) throws TrustException {
    boolean[] usage = signer.getKeyUsage();
    if (usage == null || !usage[DIGITAL_SIGNATURE]) {
      throw new TrustException(
          Reason.WRONG_USAGE, named(signer) + " lacks the key usage digitalSignature");
    }
    List<String> extended = extendedUsage(signer);
    if (!extended.contains(CODE_SIGNING)) {
      throw new TrustException(
          Reason.WRONG_USAGE, named(signer) + " lacks the extended key usage codeSigning");
    }
  }

  private static void requireAuthority(X509Certificate authority) throws TrustException {
    if (authority.getBasicConstraints() < 0) {
      throw new TrustException(
          Reason.WRONG_USAGE,
          named(authority) + " isn't a certificate authority (basic constraints: cA is false)");
    }
    boolean[] usage = authority.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      throw new TrustException(
          Reason.WRONG_USAGE, named(authority) + " lacks the key usage keyCertSign");
    }
    List<String> extended = extendedUsage(authority);
    if (!extended.isEmpty() && !extended.contains(CODE_SIGNING) && !extended.contains(ANY_USAGE)) {
      throw new TrustException(
          Reason.WRONG_USAGE,
          named(authority) + " is an authority for other uses than codeSigning only");
    }
  }

  private static List<String> extendedUsage(X509Certificate certificate) throws TrustException {
    try {
      List<String> usage = certificate.getExtendedKeyUsage();
      return usage == null ? List.of() : usage;
    } catch (CertificateParsingException e) {
      throw new TrustException(
          Reason.MALFORMED, named(certificate) + " has a damaged extended key usage", e);
    }
  }

  static String named(X509Certificate certificate) {
    return "the certificate "
        + SignerIdentity.name(certificate.getSubjectX500Principal())
        + " (serial "
        + certificate.getSerialNumber().toString(16)
        + ")";
  }
}
