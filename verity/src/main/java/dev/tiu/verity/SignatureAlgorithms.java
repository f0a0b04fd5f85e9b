package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cms.SignerInformation;

/**
 * The algorithms that a CMS signature may use, with their names for people.
 *
 * <p>The digest of the content and the digest in the signature algorithm must be the same (RFC
 * 5754, RFC 4056), and Ed25519 goes with SHA-512 (RFC 8419).
 */
final class SignatureAlgorithms {
  /** Accepted digests, by the names that Java has for them. */
  static final Map<ASN1ObjectIdentifier, String> DIGESTS =
      Map.of(
          NISTObjectIdentifiers.id_sha256, "SHA-256",
          NISTObjectIdentifiers.id_sha384, "SHA-384",
          NISTObjectIdentifiers.id_sha512, "SHA-512");

  private static final Map<ASN1ObjectIdentifier, String> FIXED =
      Map.of(
          X9ObjectIdentifiers.ecdsa_with_SHA256, "ECDSA with SHA-256",
          X9ObjectIdentifiers.ecdsa_with_SHA384, "ECDSA with SHA-384",
          X9ObjectIdentifiers.ecdsa_with_SHA512, "ECDSA with SHA-512",
          PKCSObjectIdentifiers.sha256WithRSAEncryption, "RSA PKCS#1 with SHA-256",
          PKCSObjectIdentifiers.sha384WithRSAEncryption, "RSA PKCS#1 with SHA-384",
          PKCSObjectIdentifiers.sha512WithRSAEncryption, "RSA PKCS#1 with SHA-512",
          EdECObjectIdentifiers.id_Ed25519, "Ed25519 with SHA-512");

  private SignatureAlgorithms() {}

  /** The algorithm's name, if it is accepted. */
  static String require(SignerInformation signer) throws TrustException {
    AlgorithmIdentifier signature = signer.toASN1Structure().getDigestEncryptionAlgorithm();
    String digest = DIGESTS.get(signer.getDigestAlgorithmID().getAlgorithm());
    if (digest == null) {
      throw unsupported("digest", signer.getDigestAlgorithmID().getAlgorithm());
    }
    String name = name(signature, digest);
    if (!name.endsWith(digest)) {
      throw new TrustException(
          Reason.UNSUPPORTED, "its digest is " + digest + ", but its signature is " + name);
    }
    return name;
  }

  private static String name(AlgorithmIdentifier signature, String digest) throws TrustException {
    ASN1ObjectIdentifier algorithm = signature.getAlgorithm();
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      CmsFraming.requirePlain(signature);
      return "RSA PKCS#1 with " + digest;
    }
    String name =
        algorithm.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
            ? pss(signature.getParameters())
            : FIXED.get(CmsFraming.requirePlain(signature));
    if (name == null) {
      throw unsupported("signature", algorithm);
    }
    return name;
  }

  private static String pss(ASN1Encodable encoded) throws TrustException {
    RSASSAPSSparams parameters = RSASSAPSSparams.getInstance(encoded);
    AlgorithmIdentifier hash = parameters.getHashAlgorithm();
    AlgorithmIdentifier mask = parameters.getMaskGenAlgorithm();
    String digest = DIGESTS.get(hash.getAlgorithm());
    if (digest == null) {
      throw unsupported("RSA-PSS digest", hash.getAlgorithm());
    }
    if (!mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
        || !AlgorithmIdentifier.getInstance(mask.getParameters())
            .getAlgorithm()
            .equals(hash.getAlgorithm())) {
      throw unsupported("RSA-PSS mask", mask.getAlgorithm());
    }
    return "RSA-PSS with " + digest;
  }

  private static TrustException unsupported(String what, ASN1ObjectIdentifier algorithm) {
    return new TrustException(
        Reason.UNSUPPORTED, "its " + what + " algorithm " + algorithm.getId() + " isn't accepted");
  }
}
