package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * Signs content, and verifies signed content: CMS SignedData (RFC 5652) in DER with the content
 * encapsulated.
 */
public final class CmsSignature {
  /** Most bytes of a CMS structure, content included: 1 MiB. */
  public static final int MAX_SIZE = 1 << 20;

  private CmsSignature() {}

  /**
   * Signs {@code content} with every signer.
   *
   * <p>The signed attributes are content type, message digest, signing time and the algorithms (RFC
   * 6211). The digest is SHA-256; SHA-384 for a key on P-384, SHA-512 for Ed25519 (RFC 8419).
   *
   * @return DER
   * @throws TrustException if a key can't sign, or the result would be larger than {@link
   *     #MAX_SIZE}
   */
  public static byte[] sign(byte[] content, List<Signer> signers, Instant signingTime)
      throws IOException {
    if (signers.isEmpty()) {
      throw new IllegalArgumentException("nobody to sign");
    }
    byte[] der;
    try {
      CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
      for (Signer signer : signers) {
        add(generator, signer, signingTime);
      }
      der =
          generator
              .generate(new CMSProcessableByteArray(content), true)
              .toASN1Structure()
              .getEncoded(ASN1Encoding.DER);
    } catch (CMSException | OperatorCreationException | GeneralSecurityException e) {
      throw new TrustException(Reason.BAD_KEY, "signing failed: " + e.getMessage(), e);
    }
    if (der.length > MAX_SIZE) {
      throw new TrustException(
          Reason.UNSUPPORTED,
          "the signature with its content has "
              + der.length
              + " bytes, at most "
              + MAX_SIZE
              + " can be read again");
    }
    return der;
  }

  private static void add(CMSSignedDataGenerator generator, Signer signer, Instant signingTime)
      throws OperatorCreationException, GeneralSecurityException, CMSException, IOException {
    ContentSigner contentSigner = contentSigner(signer);
    ASN1EncodableVector attributes = new ASN1EncodableVector();
    attributes.add(
        new Attribute(CMSAttributes.signingTime, new DERSet(new Time(Date.from(signingTime)))));
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
            .setSignedAttributeGenerator(
                new DefaultSignedAttributeTableGenerator(new AttributeTable(attributes)))
            .build(contentSigner, signer.certificate()));
    generator.addCertificate(new JcaX509CertificateHolder(signer.certificate()));
    for (X509Certificate intermediate : signer.intermediates()) {
      generator.addCertificate(new JcaX509CertificateHolder(intermediate));
    }
  }

  private static ContentSigner contentSigner(Signer signer)
      throws OperatorCreationException, GeneralSecurityException {
    PublicKey key = signer.certificate().getPublicKey();
    String algorithm =
        switch (KeyKinds.of(key)) {
          case EC -> KeyKinds.bits(key) == 384 ? "SHA384withECDSA" : "SHA256withECDSA";
          case RSA -> "SHA256withRSA";
          case ED25519 -> "Ed25519";
          case OTHER -> throw new IllegalStateException("no signer has a " + key.getAlgorithm());
        };
    return KeyKinds.of(key) == KeyKinds.Kind.RSA && signer.rsaPadding() == RsaPadding.PSS
        ? RsaPss.signer(signer.key())
        : new JcaContentSignerBuilder(algorithm).build(signer.key());
  }

  /**
   * The content, if it is signed by someone the keyring trusts.
   *
   * <p>The policy: every signer in the structure must have a signature that fits the content and
   * its certificate, with signed attributes and accepted algorithms; one that doesn't spoils all.
   * At least one signer's certificate must lead to a trust anchor of the keyring, with every
   * certificate on the way valid at {@code now}; signers for whom that isn't so are left out of the
   * result. The signing time counts for nothing here: whoever holds a stolen key can write any time
   * into it. Certificates in the structure only help to find the way; revocation lists in it are
   * ignored.
   *
   * @param cms at most {@link #MAX_SIZE} bytes of DER
   * @param now the moment at which certificates must be valid, usually the clock's; where a
   *     device's clock can't be trusted, the caller hands in the best it knows
   * @throws TrustException and nothing else, whatever the bytes
   */
  public static SignedContent verify(byte[] cms, Keyring keyring, Instant now)
      throws TrustException {
    ParsedCms parsed = ParsedCms.parse(cms);
    List<ParsedCms.VerifiedSigner> verified = parsed.verifySignatures();
    PathValidator validator = new PathValidator(keyring, now);
    List<SignerIdentity> trusted = new ArrayList<>();
    List<TrustException> refused = new ArrayList<>();
    for (ParsedCms.VerifiedSigner signer : verified) {
      try {
        validator.validate(signer.certificate(), parsed.certificates());
        trusted.add(signer.identity());
      } catch (TrustException e) {
        refused.add(
            new TrustException(
                e.reason(),
                "the signer " + signer.identity().subject() + " isn't trusted: " + e.getMessage(),
                e));
      } catch (RuntimeException e) {
        throw ParsedCms.malformed("a certificate can't be read", e);
      }
    }
    if (trusted.isEmpty()) {
      throw combined(refused);
    }
    return new SignedContent(parsed.content(), trusted);
  }

  private static TrustException combined(List<TrustException> refused) {
    TrustException first = refused.get(0);
    String message = String.join("; ", refused.stream().map(TrustException::getMessage).toList());
    return new TrustException(first.reason(), message, first);
  }

  /**
   * The content, whoever signed it or changed it since: for showing, never for acting on.
   *
   * @throws TrustException if it isn't CMS SignedData with its content
   */
  public static byte[] insecureContent(byte[] cms) throws TrustException {
    return ParsedCms.parse(cms).content();
  }
}
