package dev.tiu.verity;

import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jcajce.io.OutputStreamFactory;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.ContentVerifier;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.RuntimeOperatorException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * RSASSA-PSS (RFC 4056) on the Java runtime's own provider, which calls it otherwise than
 * BouncyCastle asks for it. All other algorithms go BouncyCastle's way.
 */
final class RsaPss {
  private static final int SALT_LENGTH = 32;

  private RsaPss() {}

  /** Signs with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes. */
  static ContentSigner signer(PrivateKey key) throws GeneralSecurityException {
    AlgorithmIdentifier sha256 =
        new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256, DERNull.INSTANCE);
    AlgorithmIdentifier algorithm =
        new AlgorithmIdentifier(
            PKCSObjectIdentifiers.id_RSASSA_PSS,
            new RSASSAPSSparams(
                sha256,
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, sha256),
                new ASN1Integer(SALT_LENGTH),
                RSASSAPSSparams.DEFAULT_TRAILER_FIELD));
    Signature signature = signature(algorithm);
    signature.initSign(key);
    return new PssSigner(algorithm, signature);
  }

  /** Verifies any accepted algorithm with {@code key}. */
  static ContentVerifierProvider verifiers(PublicKey key) throws OperatorCreationException {
    ContentVerifierProvider others = new JcaContentVerifierProviderBuilder().build(key);
    return new ContentVerifierProvider() {
      @Override
      public boolean hasAssociatedCertificate() {
        return false;
      }

      @Override
      public @Nullable X509CertificateHolder getAssociatedCertificate() {
        return null;
      }

      @Override
      public ContentVerifier get(AlgorithmIdentifier algorithm) throws OperatorCreationException {
        if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
          return others.get(algorithm);
        }
        try {
          Signature signature = signature(algorithm);
          signature.initVerify(key);
          return new PssVerifier(algorithm, signature);
        } catch (GeneralSecurityException e) {
          throw new OperatorCreationException("RSA-PSS: " + e.getMessage(), e);
        }
      }
    };
  }

  private static Signature signature(AlgorithmIdentifier algorithm)
      throws GeneralSecurityException {
    RSASSAPSSparams parameters = RSASSAPSSparams.getInstance(algorithm.getParameters());
    String digest = digest(parameters.getHashAlgorithm().getAlgorithm());
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec(
            digest,
            "MGF1",
            new MGF1ParameterSpec(digest),
            parameters.getSaltLength().intValueExact(),
            parameters.getTrailerField().intValueExact()));
    return signature;
  }

  private static String digest(ASN1ObjectIdentifier algorithm) throws SignatureException {
    String name = SignatureAlgorithms.DIGESTS.get(algorithm);
    if (name == null) {
      throw new SignatureException("the digest " + algorithm.getId() + " isn't accepted");
    }
    return name;
  }

  private record PssSigner(AlgorithmIdentifier algorithm, Signature signature)
      implements ContentSigner {
    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return algorithm;
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStreamFactory.createStream(signature);
    }

    @Override
    public byte[] getSignature() {
      try {
        return signature.sign();
      } catch (SignatureException e) {
        throw new RuntimeOperatorException("signing with RSA-PSS failed: " + e.getMessage(), e);
      }
    }
  }

  private record PssVerifier(AlgorithmIdentifier algorithm, Signature signature)
      implements ContentVerifier {
    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return algorithm;
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStreamFactory.createStream(signature);
    }

    @Override
    public boolean verify(byte[] expected) {
      try {
        return signature.verify(expected);
      } catch (SignatureException e) {
        return false; // wrong length, or padding that isn't PSS
      }
    }
  }
}
