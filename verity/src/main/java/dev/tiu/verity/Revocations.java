package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * The revocation lists of a keyring, applied to a path.
 *
 * <p>An issuer without a list there revokes nothing. An issuer that has one must have one that is
 * fresh: a list that isn't signed by the issuer, expired or lies in the future is an error, not a
 * list to ignore. Older lists count for what they revoke. Only complete lists that the issuer
 * signed itself are understood; delta and indirect ones are an error, too.
 */
final class Revocations {
  private static final int CRL_SIGN = 6;

  private final Keyring keyring;
  private final Instant now;

  Revocations(Keyring keyring, Instant now) {
    this.keyring = keyring;
    this.now = now;
  }

  void check(CertificatePath path) throws TrustException {
    List<X509Certificate> certificates = path.certificates();
    for (int i = 0; i + 1 < certificates.size(); i++) {
      check(certificates.get(i), certificates.get(i + 1));
    }
  }

  private void check(X509Certificate certificate, X509Certificate issuer) throws TrustException {
    List<X509CRL> named =
        keyring.crls().stream()
            .filter(
                crl -> crl.getIssuerX500Principal().equals(certificate.getIssuerX500Principal()))
            .toList();
    if (named.isEmpty()) {
      return;
    }
    List<X509CRL> signed = named.stream().filter(crl -> isSignedBy(crl, issuer)).toList();
    if (signed.isEmpty()) {
      throw unusable(issuer, "isn't signed by it");
    }
    boolean[] usage = issuer.getKeyUsage();
    if (usage != null && !usage[CRL_SIGN]) {
      throw new TrustException(
          Reason.WRONG_USAGE,
          PathValidator.named(issuer) + " signed a revocation list without the key usage cRLSign");
    }
    for (X509CRL crl : signed) {
      Set<String> critical = crl.getCriticalExtensionOIDs();
      if (critical != null && !critical.isEmpty()) {
        throw unusable(issuer, "has extensions that aren't understood: " + critical);
      }
      if (crl.isRevoked(certificate)) {
        throw new TrustException(
            Reason.REVOKED,
            PathValidator.named(certificate)
                + " was revoked by its issuer at "
                + crl.getRevokedCertificate(certificate.getSerialNumber())
                    .getRevocationDate()
                    .toInstant());
      }
    }
    requireFresh(
        signed.stream().max(Comparator.comparing(X509CRL::getThisUpdate)).orElseThrow(), issuer);
  }

  private void requireFresh(X509CRL newest, X509Certificate issuer) throws TrustException {
    Date next = newest.getNextUpdate();
    if (now.isBefore(newest.getThisUpdate().toInstant())) {
      throw unusable(
          issuer, "is from " + newest.getThisUpdate().toInstant() + ", and it is " + now + " now");
    }
    if (next != null && now.isAfter(next.toInstant())) {
      throw unusable(
          issuer,
          "expired at " + next.toInstant() + ", and it is " + now + " now; install a newer one");
    }
  }

  private static boolean isSignedBy(X509CRL crl, X509Certificate issuer) {
    try {
      crl.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private TrustException unusable(X509Certificate issuer, String why) {
    return new TrustException(
        Reason.UNUSABLE_CRL,
        "the revocation list of "
            + SignerIdentity.name(issuer.getSubjectX500Principal())
            + " in the keyring "
            + keyring
            + " "
            + why);
  }
}
