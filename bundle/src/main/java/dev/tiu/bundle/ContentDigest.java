package dev.tiu.bundle;

import java.util.Arrays;
import java.util.HexFormat;

/** The fs-verity digest of a file's content as a value, as in a {@link ContentTable}. */
public final class ContentDigest implements Comparable<ContentDigest> {
  /** Bytes of a digest. */
  public static final int SIZE = ContentTable.ENTRY;

  private final byte[] digest;

  private ContentDigest(byte[] digest) {
    this.digest = digest;
  }

  /** A digest of these {@link #SIZE} bytes. */
  public static ContentDigest of(byte[] digest) {
    if (digest.length != SIZE) {
      throw new IllegalArgumentException("a digest has 32 bytes, not " + digest.length);
    }
    return new ContentDigest(digest.clone());
  }

  /**
   * A digest in hex, as {@link #toString} gives it.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ContentDigest parse(String hex) {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "expected 64 hex digits in small letters, found \"" + hex + "\"");
    }
    return new ContentDigest(HexFormat.of().parseHex(hex));
  }

  /** The caller's own copy. */
  public byte[] bytes() {
    return digest.clone();
  }

  /** By the bytes' unsigned values. */
  @Override
  public int compareTo(ContentDigest other) {
    return Arrays.compareUnsigned(digest, other.digest);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ContentDigest that && Arrays.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  /** In hex. */
  @Override
  public String toString() {
    return Digests.hex(digest);
  }
}
