package dev.tiu.boot;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest by which files are told apart. */
public final class Digests {
  private Digests() {}

  /** A new one. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }
}
