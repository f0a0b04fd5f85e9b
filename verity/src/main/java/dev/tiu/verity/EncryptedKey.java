package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.EncryptionScheme;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/**
 * Private keys behind a passphrase: PKCS#8 EncryptedPrivateKeyInfo with PBES2, PBKDF2 and AES-CBC
 * (RFC 8018), which is what {@code openssl pkcs8 -topk8} writes.
 */
final class EncryptedKey {
  private static final int ITERATIONS = 600_000;

  /** A key file is the operator's own, but must not be able to keep a program busy for hours. */
  private static final int MAX_ITERATIONS = 20_000_000;

  private static final Map<ASN1ObjectIdentifier, String> KEY_DERIVATIONS =
      Map.of(
          PKCSObjectIdentifiers.id_hmacWithSHA1, "PBKDF2WithHmacSHA1",
          PKCSObjectIdentifiers.id_hmacWithSHA224, "PBKDF2WithHmacSHA224",
          PKCSObjectIdentifiers.id_hmacWithSHA256, "PBKDF2WithHmacSHA256",
          PKCSObjectIdentifiers.id_hmacWithSHA384, "PBKDF2WithHmacSHA384",
          PKCSObjectIdentifiers.id_hmacWithSHA512, "PBKDF2WithHmacSHA512");

  private static final Map<ASN1ObjectIdentifier, Integer> KEY_SIZES =
      Map.of(
          NISTObjectIdentifiers.id_aes128_CBC, 128,
          NISTObjectIdentifiers.id_aes192_CBC, 192,
          NISTObjectIdentifiers.id_aes256_CBC, 256);

  private EncryptedKey() {}

  /** The PKCS#8 PrivateKeyInfo in {@code der}; {@code where} is for messages. */
  static byte[] decrypt(byte[] der, char[] passphrase, String where) throws TrustException {
    try {
      EncryptedPrivateKeyInfo info = EncryptedPrivateKeyInfo.getInstance(der);
      AlgorithmIdentifier algorithm = info.getEncryptionAlgorithm();
      if (!algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
        throw unsupported(where, algorithm.getAlgorithm());
      }
      PBES2Parameters scheme = PBES2Parameters.getInstance(algorithm.getParameters());
      return decrypt(scheme, info.getEncryptedData(), passphrase, where);
    } catch (BadPaddingException e) {
      throw new TrustException(Reason.BAD_KEY, where + ": the passphrase is wrong", e);
    } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
      throw new TrustException(
          Reason.MALFORMED, where + ": the encrypted key is damaged: " + e.getMessage(), e);
    }
  }

  private static byte[] decrypt(
      PBES2Parameters scheme, byte[] encrypted, char[] passphrase, String where)
      throws TrustException, GeneralSecurityException {
    KeyDerivationFunc derivation = scheme.getKeyDerivationFunc();
    if (!derivation.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBKDF2)) {
      throw unsupported(where, derivation.getAlgorithm());
    }
    PBKDF2Params pbkdf2 = PBKDF2Params.getInstance(derivation.getParameters());
    EncryptionScheme cipher = scheme.getEncryptionScheme();
    String prf = KEY_DERIVATIONS.get(pbkdf2.getPrf().getAlgorithm());
    Integer keySize = KEY_SIZES.get(cipher.getAlgorithm());
    if (prf == null || keySize == null) {
      throw unsupported(
          where, prf == null ? pbkdf2.getPrf().getAlgorithm() : cipher.getAlgorithm());
    }
    if (pbkdf2.getIterationCount().bitLength() > 31
        || pbkdf2.getIterationCount().intValue() > MAX_ITERATIONS) {
      throw new TrustException(
          Reason.UNSUPPORTED,
          where + ": " + pbkdf2.getIterationCount() + " rounds of PBKDF2 are too many");
    }
    byte[] iv = ASN1OctetString.getInstance(cipher.getParameters()).getOctets();
    int rounds = pbkdf2.getIterationCount().intValue();
    SecretKeySpec key = derive(prf, passphrase, pbkdf2.getSalt(), rounds, keySize);
    return aes(Cipher.DECRYPT_MODE, key, iv, encrypted);
  }

  /** The DER of {@code pkcs8} behind {@code passphrase}: AES-256, PBKDF2 with HMAC-SHA-256. */
  static byte[] encrypt(byte[] pkcs8, char[] passphrase, SecureRandom random)
      throws IOException, GeneralSecurityException {
    byte[] salt = new byte[16];
    byte[] iv = new byte[16];
    random.nextBytes(salt);
    random.nextBytes(iv);
    SecretKeySpec key = derive("PBKDF2WithHmacSHA256", passphrase, salt, ITERATIONS, 256);
    AlgorithmIdentifier prf =
        new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
    PBES2Parameters scheme =
        new PBES2Parameters(
            new KeyDerivationFunc(
                PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(salt, ITERATIONS, 32, prf)),
            new EncryptionScheme(NISTObjectIdentifiers.id_aes256_CBC, new DEROctetString(iv)));
    return new EncryptedPrivateKeyInfo(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_PBES2, scheme),
            aes(Cipher.ENCRYPT_MODE, key, iv, pkcs8))
        .getEncoded();
  }

  private static SecretKeySpec derive(
      String prf, char[] passphrase, byte[] salt, int rounds, int keySize)
      throws GeneralSecurityException {
    PBEKeySpec spec = new PBEKeySpec(passphrase, salt, rounds, keySize);
    try {
      byte[] key = SecretKeyFactory.getInstance(prf).generateSecret(spec).getEncoded();
      return new SecretKeySpec(key, "AES");
    } finally {
      spec.clearPassword();
    }
  }

  private static byte[] aes(int mode, SecretKeySpec key, byte[] iv, byte[] input)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(mode, key, new IvParameterSpec(iv));
    return cipher.doFinal(input);
  }

  private static TrustException unsupported(String where, ASN1ObjectIdentifier algorithm) {
    return new TrustException(
        Reason.UNSUPPORTED,
        where
            + ": encrypted with "
            + algorithm.getId()
            + ", which isn't supported; convert it with:"
            + " openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256");
  }
}
