package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificates from a signer's up to and including a trust anchor, each issued by the next.
 *
 * <p>Found here means: names and signatures fit. Whether the path may be used is for {@link
 * PathValidator} to say. The search is bounded, as a hostile signature can bring certificates that
 * issue one another in circles.
 */
record CertificatePath(List<X509Certificate> certificates) {
  private static final int MAX_LENGTH = 8;
  private static final int MAX_PATHS = 16;
  private static final int MAX_SIGNATURE_CHECKS = 256;

  CertificatePath {
    certificates = List.copyOf(certificates);
  }

  X509Certificate anchor() {
    return certificates.get(certificates.size() - 1);
  }

  /**
   * All paths from {@code signer} to an anchor of the keyring, at least one.
   *
   * @param offered certificates that came with the signature; they give no trust
   */
  static List<CertificatePath> find(
      X509Certificate signer, List<X509Certificate> offered, Keyring keyring)
      throws TrustException {
    List<X509Certificate> intermediates = new ArrayList<>(keyring.intermediates());
    intermediates.addAll(offered);
    Search search = new Search(keyring.anchors(), intermediates);
    search.extend(List.of(signer));
    if (search.found.isEmpty()) {
      throw new TrustException(
          Reason.UNTRUSTED,
          "no certificate authority in the keyring "
              + keyring
              + " leads to it; its issuer is "
              + SignerIdentity.name(signer.getIssuerX500Principal()));
    }
    return search.found;
  }

  private static final class Search {
    final List<CertificatePath> found = new ArrayList<>();
    private final List<X509Certificate> anchors;
    private final List<X509Certificate> intermediates;
    private int checksLeft = MAX_SIGNATURE_CHECKS;

    Search(List<X509Certificate> anchors, List<X509Certificate> intermediates) {
      this.anchors = anchors;
      this.intermediates = intermediates;
    }

    void extend(List<X509Certificate> path) {
      X509Certificate last = path.get(path.size() - 1);
      for (X509Certificate anchor : anchors) {
        if (found.size() < MAX_PATHS && !path.contains(anchor) && issued(anchor, last)) {
          found.add(new CertificatePath(append(path, anchor)));
        }
      }
      if (path.size() + 1 >= MAX_LENGTH) {
        return;
      }
      for (X509Certificate issuer : intermediates) {
        if (found.size() < MAX_PATHS
            && !path.contains(issuer)
            && !anchors.contains(issuer)
            && issued(issuer, last)) {
          extend(append(path, issuer));
        }
      }
    }

    private boolean issued(X509Certificate issuer, X509Certificate certificate) {
      if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
          || checksLeft == 0) {
        return false;
      }
      checksLeft--;
      PublicKey key = issuer.getPublicKey();
      try {
        certificate.verify(key);
        return true;
      } catch (GeneralSecurityException e) {
        return false;
      }
    }

    private static List<X509Certificate> append(List<X509Certificate> path, X509Certificate next) {
      List<X509Certificate> longer = new ArrayList<>(path);
      longer.add(next);
      return longer;
    }
  }
}
