package dev.tiu.verity;

import static dev.tiu.verity.VerityParameters.BLOCK_SIZE;
import static dev.tiu.verity.VerityParameters.DIGEST_SIZE;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * One thread's SHA-256 of salted blocks; allocates nothing per block.
 *
 * <p>Salt and block are put side by side and digested in one call, so that the compression function
 * runs over all of it at once. The copy costs nothing extra, as what was read into a direct buffer
 * must come to the heap anyway.
 */
final class BlockHasher {
  private final MessageDigest sha256 = sha256();
  private final byte[] salted;
  private final int saltLength;

  BlockHasher(byte[] salt) {
    saltLength = salt.length;
    salted = new byte[saltLength + BLOCK_SIZE];
    System.arraycopy(salt, 0, salted, 0, saltLength);
  }

  /** Digests the block at {@code position} of {@code source}, wherever its own position is. */
  void digest(ByteBuffer source, int position, byte[] out, int outOffset) {
    source.get(position, salted, saltLength, BLOCK_SIZE);
    sha256.update(salted, 0, salted.length);
    finish(sha256, out, outOffset);
  }

  static void finish(MessageDigest digest, byte[] out, int outOffset) {
    try {
      digest.digest(out, outOffset, DIGEST_SIZE);
    } catch (DigestException e) {
      throw new IllegalStateException("no room for a SHA-256 at " + outOffset, e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
