package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Private keys in the PEM forms that openssl writes. */
final class PrivateKeys {
  private PrivateKeys() {}

  static PrivateKey load(Path file, Optional<char[]> passphrase) throws IOException {
    List<Pem> keys =
        Pem.read(file).stream().filter(block -> block.type().endsWith("PRIVATE KEY")).toList();
    if (keys.size() != 1) {
      throw new TrustException(
          Reason.BAD_KEY, file + ": holds " + keys.size() + " private keys, not one");
    }
    Pem block = keys.get(0);
    try {
      PrivateKeyInfo info = info(block, passphrase);
      return KeyFactory.getInstance(family(info, block))
          .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
      throw new TrustException(
          Reason.MALFORMED, block.where() + ": the private key is damaged: " + e.getMessage(), e);
    }
  }

  private static PrivateKeyInfo info(Pem block, Optional<char[]> passphrase) throws IOException {
    return switch (block.type()) {
      case "PRIVATE KEY" -> PrivateKeyInfo.getInstance(block.der());
      case "RSA PRIVATE KEY" ->
          wrap(
              PKCSObjectIdentifiers.rsaEncryption,
              DERNull.INSTANCE,
              RSAPrivateKey.getInstance(block.der()));
      case "EC PRIVATE KEY" -> sec1(block);
      case "ENCRYPTED PRIVATE KEY" -> {
        if (passphrase.isEmpty()) {
          throw new TrustException(
              Reason.BAD_KEY, block.where() + ": the key is encrypted: give its passphrase");
        }
        yield PrivateKeyInfo.getInstance(
            EncryptedKey.decrypt(block.der(), passphrase.get(), block.where()));
      }
      default ->
          throw new TrustException(
              Reason.UNSUPPORTED,
              block.where()
                  + ": "
                  + block.type()
                  + " isn't supported; convert it with: openssl pkey");
    };
  }

  private static PrivateKeyInfo sec1(Pem block) throws IOException {
    ECPrivateKey key = ECPrivateKey.getInstance(block.der());
    ASN1Encodable curve = key.getParametersObject();
    if (curve == null) {
      throw new TrustException(
          Reason.UNSUPPORTED,
          block.where()
              + ": the key doesn't name its curve; convert it with: openssl pkcs8 -topk8");
    }
    return wrap(X9ObjectIdentifiers.id_ecPublicKey, curve, key);
  }

  private static PrivateKeyInfo wrap(
      ASN1ObjectIdentifier algorithm, ASN1Encodable parameters, ASN1Encodable key)
      throws IOException {
    return new PrivateKeyInfo(new AlgorithmIdentifier(algorithm, parameters), key);
  }

  private static String family(PrivateKeyInfo info, Pem block) throws TrustException {
    ASN1ObjectIdentifier algorithm = info.getPrivateKeyAlgorithm().getAlgorithm();
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return "EC";
    }
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return "RSA";
    }
    if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return "Ed25519";
    }
    throw new TrustException(
        Reason.UNSUPPORTED,
        block.where() + ": keys of the kind " + algorithm.getId() + " aren't supported");
  }
}
