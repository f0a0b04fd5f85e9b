package dev.tiu.verity;

import dev.tiu.verity.TrustException.Reason;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** Which public keys are accepted, on signers and on the way to the trust anchor. */
final class KeyKinds {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;

  /** What a key is, as far as it matters here. */
  enum Kind {
    EC,
    RSA,
    ED25519,
    OTHER
  }

  private KeyKinds() {}

  static Kind of(PublicKey key) {
    if (key instanceof ECPublicKey) {
      return Kind.EC;
    }
    if (key instanceof RSAPublicKey) {
      return Kind.RSA;
    }
    if (key instanceof EdECPublicKey edwards) {
      return edwards.getParams().getName().equalsIgnoreCase("Ed25519") ? Kind.ED25519 : Kind.OTHER;
    }
    return Kind.OTHER;
  }

  /** Bits of the curve or of the modulus; 0 for other kinds. */
  static int bits(PublicKey key) {
    if (key instanceof ECPublicKey ec) {
      return ec.getParams().getCurve().getField().getFieldSize();
    }
    return key instanceof RSAPublicKey rsa ? rsa.getModulus().bitLength() : 0;
  }

  static void require(PublicKey key, String where) throws TrustException {
    int bits = bits(key);
    boolean accepted =
        switch (of(key)) {
          case EC -> bits == 256 || bits == 384;
          case RSA -> bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS;
          case ED25519 -> true;
          case OTHER -> false;
        };
    if (!accepted) {
      throw new TrustException(
          Reason.UNSUPPORTED,
          where
              + ": a key of the kind "
              + key.getAlgorithm()
              + (bits == 0 ? "" : " with " + bits + " bits")
              + " isn't accepted: use EC P-256 or P-384, RSA of 2048 to 8192 bits or Ed25519");
    }
  }
}
