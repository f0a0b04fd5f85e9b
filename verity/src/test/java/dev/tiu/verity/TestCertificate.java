package dev.tiu.verity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate with its key, for tests; {@link Request} says what is unusual about it. */
record TestCertificate(KeyPair keys, X509Certificate certificate) {
  static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  enum KeyType {
    P256,
    P384,
    RSA,
    ED25519
  }

  static KeyPair newKeys(KeyType type) throws GeneralSecurityException {
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(
            switch (type) {
              case P256, P384 -> "EC";
              case RSA -> "RSA";
              case ED25519 -> "Ed25519";
            });
    switch (type) {
      case P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
      case P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
      case RSA -> generator.initialize(2048);
      case ED25519 -> {}
    }
    return generator.generateKeyPair();
  }

  /** What a certificate is to be; begins as a good signer's or a good CA's. */
  static final class Request {
    private static final AtomicLong SERIALS = new AtomicLong(1000);

    private final String subject;
    private KeyType keyType = KeyType.P256;
    private Optional<KeyPair> keys = Optional.empty();
    private Instant notBefore = NOW.minus(Duration.ofDays(10));
    private Instant notAfter = NOW.plus(Duration.ofDays(10));
    private Optional<Integer> keyUsage;
    private Optional<BasicConstraints> basicConstraints;
    private Optional<KeyPurposeId> extendedUsage;

    private Request(
        String subject, int keyUsage, boolean authority, Optional<KeyPurposeId> extendedUsage) {
      this.subject = subject;
      this.keyUsage = Optional.of(keyUsage);
      this.basicConstraints = Optional.of(new BasicConstraints(authority));
      this.extendedUsage = extendedUsage;
    }

    static Request signer(String name) {
      return new Request(
          "CN=" + name,
          KeyUsage.digitalSignature,
          false,
          Optional.of(KeyPurposeId.id_kp_codeSigning));
    }

    static Request authority(String name) {
      return new Request(
          "CN=" + name, KeyUsage.keyCertSign | KeyUsage.cRLSign, true, Optional.empty());
    }

    Request key(KeyType type) {
      keyType = type;
      return this;
    }

    Request keys(KeyPair pair) {
      keys = Optional.of(pair);
      return this;
    }

    Request validity(Instant from, Instant to) {
      notBefore = from;
      notAfter = to;
      return this;
    }

    Request keyUsage(Integer bits) {
      keyUsage = Optional.of(bits);
      return this;
    }

    Request noKeyUsage() {
      keyUsage = Optional.empty();
      return this;
    }

    Request constraints(BasicConstraints constraints) {
      basicConstraints = Optional.of(constraints);
      return this;
    }

    Request noConstraints() {
      basicConstraints = Optional.empty();
      return this;
    }

    Request extendedUsage(KeyPurposeId purpose) {
      extendedUsage = Optional.of(purpose);
      return this;
    }

    Request noExtendedUsage() {
      extendedUsage = Optional.empty();
      return this;
    }

    TestCertificate selfSigned() throws Exception {
      KeyPair own = keys.isPresent() ? keys.get() : newKeys(keyType);
      return build(own, subject, own.getPrivate());
    }

    TestCertificate issuedBy(TestCertificate issuer) throws Exception {
      KeyPair own = keys.isPresent() ? keys.get() : newKeys(keyType);
      String issuerName = issuer.certificate.getSubjectX500Principal().getName();
      return build(own, issuerName, issuer.keys.getPrivate());
    }

    private TestCertificate build(KeyPair own, String issuer, PrivateKey issuerKey)
        throws Exception {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal(issuer),
              BigInteger.valueOf(SERIALS.incrementAndGet()),
              Date.from(notBefore),
              Date.from(notAfter),
              new X500Principal(subject),
              own.getPublic());
      if (keyUsage.isPresent()) {
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage.get()));
      }
      if (basicConstraints.isPresent()) {
        builder.addExtension(Extension.basicConstraints, true, basicConstraints.get());
      }
      if (extendedUsage.isPresent()) {
        builder.addExtension(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(extendedUsage.get()));
      }
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(own.getPublic()));
      byte[] der = builder.build(contentSigner(issuerKey)).getEncoded();
      return new TestCertificate(own, Pem.certificate(der));
    }
  }

  private static ContentSigner contentSigner(PrivateKey key) throws Exception {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "Ed25519";
        };
    return new JcaContentSignerBuilder(algorithm).build(key);
  }

  String pem() throws Exception {
    return Pem.format("CERTIFICATE", certificate.getEncoded());
  }

  String keyPem() {
    return Pem.format("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  /** A revocation list of this authority, in PEM. */
  String revocationList(Instant thisUpdate, Instant nextUpdate, TestCertificate... revoked)
      throws Exception {
    JcaX509v2CRLBuilder builder =
        new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(thisUpdate));
    builder.setNextUpdate(Date.from(nextUpdate));
    for (TestCertificate one : revoked) {
      builder.addCRLEntry(
          one.certificate.getSerialNumber(), Date.from(thisUpdate), CRLReason.keyCompromise);
    }
    byte[] der = builder.build(contentSigner(keys.getPrivate())).getEncoded();
    return Pem.format("X509 CRL", der);
  }
}
