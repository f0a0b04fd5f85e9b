package dev.tiu.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * The hash tree's salt and UUID, which must be the same whenever the same image is made again.
 *
 * <p>Both come from the squashfs superblock and the content table, by SHA-256 under different
 * labels: an image that is packed again from the same, as another version, gets the same tree and
 * root hash, so that a device shares its description's blocks. A salt needn't be secret; it only
 * must not be the same for everyone.
 */
record Derived(Bytes saltBytes, UUID uuid) {
  static Derived of(byte[] superblock, byte[] contentTable) {
    byte[] salt = digest("tiu verity salt\n", superblock, contentTable);
    ByteBuffer id = ByteBuffer.wrap(digest("tiu verity uuid\n", superblock, contentTable));
    // RFC 9562, version 8: bits of one's own making.
    long high = (id.getLong() & ~0xf000L) | 0x8000L;
    long low = (id.getLong() & ~(3L << 62)) | 1L << 63;
    return new Derived(Bytes.of(salt), new UUID(high, low));
  }

  byte[] salt() {
    return saltBytes.toArray();
  }

  private static byte[] digest(String label, byte[] superblock, byte[] contentTable) {
    MessageDigest sha256 = Digests.sha256();
    sha256.update(label.getBytes(StandardCharsets.UTF_8));
    sha256.update(superblock);
    return sha256.digest(contentTable);
  }
}
