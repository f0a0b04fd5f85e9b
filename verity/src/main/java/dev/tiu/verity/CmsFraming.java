package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;

/**
 * The parts of a CMS structure that no signature covers: each has one right value, and any other is
 * refused. So what verifies is what was signed, but for added certificates and unsigned attributes.
 */
final class CmsFraming {
  private CmsFraming() {}

  /** The structure, if it is DER and its types and versions are as RFC 5652 has them. */
  static ContentInfo require(byte[] cms) throws IOException {
    ASN1Primitive whole = ASN1Primitive.fromByteArray(cms); // refuses bytes after the structure
    if (whole == null || !Arrays.equals(whole.getEncoded(ASN1Encoding.DER), cms)) {
      throw wrong("it isn't DER (openssl cms makes DER when -stream isn't given)");
    }
    ContentInfo info = ContentInfo.getInstance(whole);
    if (!info.getContentType().equals(CMSObjectIdentifiers.signedData)) {
      throw wrong("its content type is " + info.getContentType());
    }
    SignedData signed = SignedData.getInstance(info.getContent());
    Set<ASN1ObjectIdentifier> digests = new HashSet<>();
    int version = 1; // section 5.1, with content type id-data and X.509 certificates only
    for (ASN1Encodable element : signed.getSignerInfos()) {
      requireTags(ASN1Sequence.getInstance(element));
      SignerInfo signer = SignerInfo.getInstance(element);
      boolean byKeyIdentifier = signer.getSID().isTagged();
      requireVersion(signer.getVersion().intValueExact(), byKeyIdentifier ? 3 : 1, "a signer's");
      version = byKeyIdentifier ? 3 : version;
      digests.add(requirePlain(signer.getDigestAlgorithm()));
    }
    requireVersion(signed.getVersion().intValueExact(), version, "its");
    requireDigests(signed.getDigestAlgorithms(), digests);
    if (signed.getCertificates() != null) {
      requireCertificates(signed.getCertificates());
    }
    return info;
  }

  /** Section 5.3: of six fields the fourth is [0], the signed attributes; a seventh is [1]. */
  private static void requireTags(ASN1Sequence signer) throws TrustException {
    boolean fits =
        switch (signer.size()) {
          case 5 -> true; // without attributes: refused later, and named
          case 6 -> isTagged(signer.getObjectAt(3), 0);
          case 7 -> isTagged(signer.getObjectAt(3), 0) && isTagged(signer.getObjectAt(6), 1);
          default -> false;
        };
    if (!fits) {
      throw wrong("a signer's attributes don't stand where they belong");
    }
  }

  private static boolean isTagged(ASN1Encodable field, int number) {
    return field instanceof ASN1TaggedObject tagged && tagged.hasContextTag(number);
  }

  private static void requireVersion(int found, int expected, String whose) throws TrustException {
    if (found != expected) {
      throw wrong(whose + " version is " + found + " instead of " + expected);
    }
  }

  private static void requireDigests(ASN1Set declared, Set<ASN1ObjectIdentifier> used)
      throws TrustException {
    Set<ASN1ObjectIdentifier> found = new HashSet<>();
    for (ASN1Encodable algorithm : declared) {
      found.add(requirePlain(AlgorithmIdentifier.getInstance(algorithm)));
    }
    if (!found.equals(used)) {
      throw wrong("it declares the digests " + found + ", its signers use " + used);
    }
  }

  /** The algorithm, if it has no parameters, in one of the two ways of having none. */
  static ASN1ObjectIdentifier requirePlain(AlgorithmIdentifier algorithm) throws TrustException {
    ASN1Encodable parameters = algorithm.getParameters();
    if (parameters != null && !DERNull.INSTANCE.equals(parameters)) {
      throw wrong("the algorithm " + algorithm.getAlgorithm() + " has parameters");
    }
    return algorithm.getAlgorithm();
  }

  /**
   * Attribute certificates and other formats would come with a tag. A certificate's signature is a
   * string of whole bytes, but nothing signs how many bits of the last one count.
   */
  private static void requireCertificates(ASN1Set certificates) throws TrustException {
    for (ASN1Encodable certificate : certificates) {
      if (!(certificate instanceof ASN1Sequence)) {
        throw wrong("it holds a certificate that isn't X.509");
      }
      if (Certificate.getInstance(certificate).getSignature().getPadBits() != 0) {
        throw wrong("it holds a certificate whose signature isn't whole bytes");
      }
    }
  }

  private static TrustException wrong(String what) {
    return new TrustException(Reason.MALFORMED, "not a CMS signature that tiu accepts: " + what);
  }
}
