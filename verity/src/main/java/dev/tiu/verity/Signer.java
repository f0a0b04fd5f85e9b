package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A private key with its certificate, and the intermediate certificates that a verifier needs.
 *
 * <p>Keys: EC on P-256 or P-384, RSA of 2048 bits and more, Ed25519.
 */
public final class Signer {
  private final PrivateKey key;
  private final X509Certificate certificate;
  private final List<X509Certificate> intermediates;
  private final RsaPadding rsaPadding;

  private Signer(
      PrivateKey key,
      X509Certificate certificate,
      List<X509Certificate> intermediates,
      RsaPadding rsaPadding) {
    this.key = key;
    this.certificate = certificate;
    this.intermediates = List.copyOf(intermediates);
    this.rsaPadding = rsaPadding;
  }

  /**
   * Loads PEM files: the key as PKCS#8 (encrypted or not), PKCS#1 or SEC1; the signer's certificate
   * first in its file, where intermediates may follow it.
   *
   * @throws TrustException if a file is malformed, the passphrase is wrong or missing, the key
   *     isn't the certificate's, or its kind isn't supported; the message names the file
   */
  public static Signer load(
      Path key, Path certificate, List<Path> intermediates, Optional<char[]> passphrase)
      throws IOException {
    List<X509Certificate> certificates = new ArrayList<>(certificates(certificate));
    for (Path file : intermediates) {
      certificates.addAll(certificates(file));
    }
    X509Certificate own = certificates.remove(0);
    KeyKinds.require(own.getPublicKey(), certificate.toString());
    PrivateKey privateKey = PrivateKeys.load(key, passphrase);
    Signer signer = new Signer(privateKey, own, certificates, RsaPadding.PSS);
    signer.requireMatchingKey(key, certificate);
    return signer;
  }

  /** The same signer; an RSA key then signs in that way, other keys don't care. */
  public Signer withRsaPadding(RsaPadding padding) {
    return new Signer(key, certificate, intermediates, padding);
  }

  private static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem block : Pem.read(file)) {
      if (block.type().equals("CERTIFICATE")) {
        certificates.add(block.certificate());
      }
    }
    if (certificates.isEmpty()) {
      throw new TrustException(Reason.MALFORMED, file + ": holds no certificate");
    }
    return certificates;
  }

  private void requireMatchingKey(Path keyFile, Path certificateFile) throws TrustException {
    PublicKey publicKey = certificate.getPublicKey();
    try {
      boolean matches = false;
      if (publicKey.getAlgorithm().equals(key.getAlgorithm()) || isEdwards(publicKey, key)) {
        matches = signsFor(publicKey);
      }
      if (!matches) {
        throw new TrustException(
            Reason.BAD_KEY, keyFile + ": not the key of the certificate " + certificateFile);
      }
    } catch (GeneralSecurityException e) {
      throw new TrustException(
          Reason.BAD_KEY, keyFile + ": the key can't sign: " + e.getMessage(), e);
    }
  }

  /** One of the two may be called after its curve, the other after the family. */
  private static boolean isEdwards(PublicKey publicKey, PrivateKey privateKey) {
    return publicKey.getAlgorithm().startsWith("Ed") && privateKey.getAlgorithm().startsWith("Ed");
  }

  private boolean signsFor(PublicKey publicKey) throws GeneralSecurityException {
    byte[] probe = certificate.getEncoded();
    String algorithm =
        switch (KeyKinds.of(publicKey)) {
          case EC -> "SHA256withECDSA";
          case RSA -> "SHA256withRSA";
          case ED25519 -> "Ed25519";
          case OTHER -> throw new InvalidKeyException(publicKey.getAlgorithm());
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(probe);
    return signature.verify(signed);
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate certificate() {
    return certificate;
  }

  List<X509Certificate> intermediates() {
    return intermediates;
  }

  RsaPadding rsaPadding() {
    return rsaPadding;
  }

  /** The certificate's subject. */
  @Override
  public String toString() {
    return SignerIdentity.name(certificate.getSubjectX500Principal());
  }
}
