package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSTypedData;
import org.bouncycastle.cms.DefaultCMSSignatureAlgorithmNameGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * A CMS structure taken apart, and its signatures compared with the certificates it brings; says
 * nothing yet about whom to trust.
 *
 * <p>The parser below is given hostile bytes, and not all that it throws is declared: what is
 * caught here besides is turned into a {@link TrustException}.
 */
final class ParsedCms {
  private static final int MAX_SIGNERS = 16;
  private static final int MAX_CERTIFICATES = 64;

  private final byte[] content;
  private final List<X509Certificate> certificates;
  private final List<SignerInformation> signers;

  private ParsedCms(
      byte[] content, List<X509Certificate> certificates, List<SignerInformation> signers) {
    this.content = content;
    this.certificates = certificates;
    this.signers = signers;
  }

  /** A signer whose signature fits the content and this certificate. */
  record VerifiedSigner(X509Certificate certificate, SignerIdentity identity) {}

  static ParsedCms parse(byte[] cms) throws TrustException {
    if (cms.length > CmsSignature.MAX_SIZE) {
      throw new TrustException(
          Reason.MALFORMED,
          "the CMS signature has " + cms.length + " bytes, more than " + CmsSignature.MAX_SIZE);
    }
    try {
      return parse(new CMSSignedData(CmsFraming.require(cms)));
    } catch (IOException | CMSException | CertificateException e) {
      if (e instanceof TrustException trust) {
        throw trust;
      }
      throw malformed("not a CMS signature", e);
    } catch (RuntimeException | StackOverflowError e) {
      throw malformed("not a CMS signature", e);
    }
  }

  private static ParsedCms parse(CMSSignedData cms)
      throws IOException, CMSException, CertificateException {
    CMSTypedData signed = cms.getSignedContent();
    if (signed == null || !(signed.getContent() instanceof byte[] content)) {
      throw new TrustException(Reason.MALFORMED, "the CMS signature doesn't hold its content");
    }
    if (!CMSObjectIdentifiers.data.getId().equals(cms.getSignedContentTypeOID())) {
      throw new TrustException(
          Reason.MALFORMED, "the signed content isn't data but " + cms.getSignedContentTypeOID());
    }
    Collection<X509CertificateHolder> holders = cms.getCertificates().getMatches(null);
    Collection<SignerInformation> signers = cms.getSignerInfos().getSigners();
    if (signers.isEmpty()) {
      throw new TrustException(Reason.UNTRUSTED, "the CMS structure has no signature");
    }
    if (signers.size() > MAX_SIGNERS || holders.size() > MAX_CERTIFICATES) {
      throw new TrustException(
          Reason.MALFORMED,
          "the CMS signature has "
              + signers.size()
              + " signers and "
              + holders.size()
              + " certificates, at most 16 and 64 are accepted");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (X509CertificateHolder holder : holders) {
      certificates.add(Pem.certificate(holder.getEncoded()));
    }
    return new ParsedCms(content, certificates, List.copyOf(signers));
  }

  byte[] content() {
    return content;
  }

  /** Those that came with the signature: nobody vouches for them. */
  List<X509Certificate> certificates() {
    return certificates;
  }

  /** All signers; the first whose signature doesn't hold is the exception. */
  List<VerifiedSigner> verifySignatures() throws TrustException {
    List<VerifiedSigner> verified = new ArrayList<>();
    for (SignerInformation signer : signers) {
      try {
        verified.add(verify(signer));
      } catch (IOException | CMSException | OperatorCreationException e) {
        if (e instanceof TrustException trust) {
          throw trust;
        }
        throw new TrustException(
            Reason.BAD_SIGNATURE, describe(signer) + " is broken: " + e.getMessage(), e);
      } catch (RuntimeException | StackOverflowError e) {
        throw malformed("a signer can't be read", e);
      }
    }
    return verified;
  }

  private VerifiedSigner verify(SignerInformation signer)
      throws IOException, CMSException, OperatorCreationException {
    X509Certificate certificate = certificateOf(signer);
    KeyKinds.require(certificate.getPublicKey(), PathValidator.named(certificate));
    if (signer.getSignedAttributes() == null) {
      // Without them, signed attributes of one message can be passed off as content of another.
      throw new TrustException(
          Reason.BAD_SIGNATURE, describe(signer) + " is without signed attributes");
    }
    String algorithm;
    try {
      algorithm = SignatureAlgorithms.require(signer);
    } catch (TrustException e) {
      throw new TrustException(e.reason(), describe(signer) + ": " + e.getMessage(), e);
    }
    // Built with the key, not the certificate: the latter would judge by the claimed signing time.
    SignerInformationVerifier verifier =
        new SignerInformationVerifier(
            new DefaultCMSSignatureAlgorithmNameGenerator(),
            new DefaultSignatureAlgorithmIdentifierFinder(),
            RsaPss.verifiers(certificate.getPublicKey()),
            new JcaDigestCalculatorProviderBuilder().build());
    if (!signer.verify(verifier)) {
      throw new TrustException(
          Reason.BAD_SIGNATURE,
          describe(signer)
              + " is broken: it doesn't fit the key of "
              + PathValidator.named(certificate));
    }
    return new VerifiedSigner(
        certificate, SignerIdentity.of(certificate, signingTime(signer), algorithm));
  }

  private X509Certificate certificateOf(SignerInformation signer)
      throws IOException, TrustException {
    List<X509Certificate> matching = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      if (signer.getSID().match(holder(certificate)) && isSpelledAlike(signer, certificate)) {
        matching.add(certificate);
      }
    }
    if (matching.size() != 1) {
      throw new TrustException(
          Reason.BAD_SIGNATURE,
          describe(signer)
              + " comes with "
              + matching.size()
              + " certificates of its signer instead of one");
    }
    return matching.get(0);
  }

  /** Names match in any case and any kind of string; here they must be the same bytes. */
  private static boolean isSpelledAlike(SignerInformation signer, X509Certificate certificate)
      throws IOException {
    X500Name issuer = signer.getSID().getIssuer();
    return issuer == null
        || Arrays.equals(
            issuer.getEncoded(ASN1Encoding.DER), certificate.getIssuerX500Principal().getEncoded());
  }

  private static X509CertificateHolder holder(X509Certificate certificate) throws IOException {
    try {
      return new X509CertificateHolder(certificate.getEncoded());
    } catch (CertificateException e) {
      throw malformed("a certificate can't be read", e);
    }
  }

  private static Optional<Instant> signingTime(SignerInformation signer) throws TrustException {
    AttributeTable attributes = signer.getSignedAttributes();
    Attribute time = attributes.get(CMSAttributes.signingTime);
    if (time == null) {
      return Optional.empty();
    }
    ASN1Encodable[] values = time.getAttributeValues();
    if (values.length != 1) {
      throw new TrustException(
          Reason.MALFORMED, describe(signer) + " has " + values.length + " signing times");
    }
    return Optional.of(Time.getInstance(values[0]).getDate().toInstant());
  }

  private static String describe(SignerInformation signer) {
    X500Name issuer = signer.getSID().getIssuer();
    return issuer == null
        ? "the signature"
        : "the signature by serial "
            + signer.getSID().getSerialNumber().toString(16)
            + " of "
            + SignerIdentity.printable(issuer.toString());
  }

  static TrustException malformed(String what, Throwable cause) {
    return new TrustException(
        Reason.MALFORMED, what + ": " + SignerIdentity.printable(cause.toString()), cause);
  }
}
