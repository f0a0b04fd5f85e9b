package dev.tiu.verity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A self-signed CA on P-384 for 20 years, and a signer on P-256 that it issued for 10.
 *
 * <p>Both are valid from a day ago: a device without a battery for its clock can lag behind. Their
 * names end in random digits, so that two pairs of them can lie in one keyring and be told apart.
 */
record DevelopmentCertificates(
    PrivateKey caKey, X509Certificate ca, PrivateKey signerKey, X509Certificate signer) {
  private static final Duration LAG = Duration.ofDays(1);
  private static final Duration CA_LIFE = Duration.ofDays(20 * 365L);
  private static final Duration SIGNER_LIFE = Duration.ofDays(10 * 365L);

  static DevelopmentCertificates make(Instant now, SecureRandom random)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    byte[] tag = new byte[4];
    random.nextBytes(tag);
    String suffix = HexFormat.of().formatHex(tag);
    X500Principal caName = new X500Principal("CN=tiu development CA " + suffix);
    X500Principal signerName = new X500Principal("CN=tiu development signer " + suffix);
    KeyPair caKeys = keys("secp384r1", random);
    KeyPair signerKeys = keys("secp256r1", random);
    JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();

    JcaX509v3CertificateBuilder ca = builder(caName, caName, caKeys, now, CA_LIFE, random);
    ca.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    ca.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    ca.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(caKeys.getPublic()));

    JcaX509v3CertificateBuilder signer =
        builder(caName, signerName, signerKeys, now, SIGNER_LIFE, random);
    signer.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    signer.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    signer.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning));
    signer.addExtension(
        Extension.subjectKeyIdentifier,
        false,
        identifiers.createSubjectKeyIdentifier(signerKeys.getPublic()));
    signer.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(caKeys.getPublic()));

    return new DevelopmentCertificates(
        caKeys.getPrivate(),
        signed(ca, caKeys.getPrivate()),
        signerKeys.getPrivate(),
        signed(signer, caKeys.getPrivate()));
  }

  private static KeyPair keys(String curve, SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), random);
    return generator.generateKeyPair();
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal issuer,
      X500Principal subject,
      KeyPair keys,
      Instant now,
      Duration life,
      SecureRandom random) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, random).setBit(120), // positive, and as long for each
        Date.from(now.minus(LAG)),
        Date.from(now.plus(life)),
        subject,
        keys.getPublic());
  }

  private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    return Pem.certificate(
        builder.build(new JcaContentSignerBuilder("SHA384withECDSA").build(key)).getEncoded());
  }
}
