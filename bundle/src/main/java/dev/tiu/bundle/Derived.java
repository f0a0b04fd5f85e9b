package dev.tiu.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * The hash tree's salt and UUID, which must be the same whenever the same bundle is made again.
 *
 * <p>Both come from what the person said and from the squashfs superblock, by SHA-256 under
 * different labels. A salt needn't be secret; it only must not be the same for everyone.
 */
record Derived(Bytes saltBytes, UUID uuid) {
  static Derived of(BundleSpec spec, byte[] superblock) {
    String compatible = String.join(",", spec.compatible());
    String described = spec.version() + "\n" + compatible + "\n" + spec.created() + "\n";
    byte[] salt = digest("tiu verity salt\n", described, superblock);
    ByteBuffer id = ByteBuffer.wrap(digest("tiu verity uuid\n", described, superblock));
    // RFC 9562, version 8: bits of one's own making.
    long high = (id.getLong() & ~0xf000L) | 0x8000L;
    long low = (id.getLong() & ~(3L << 62)) | 1L << 63;
    return new Derived(Bytes.of(salt), new UUID(high, low));
  }

  byte[] salt() {
    return saltBytes.toArray();
  }

  private static byte[] digest(String label, String described, byte[] superblock) {
    MessageDigest sha256 = Digests.sha256();
    sha256.update((label + described).getBytes(StandardCharsets.UTF_8));
    return sha256.digest(superblock);
  }
}
