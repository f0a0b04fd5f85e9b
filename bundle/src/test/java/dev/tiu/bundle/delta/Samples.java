package dev.tiu.bundle.delta;

import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.Version;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.HashTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Small deltas' parts, and contents from a seed. */
final class Samples {
  static final long SEED = 20261120;

  private Samples() {}

  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  /** Like a program that was built anew: some bytes inserted, and one of every hundred changed. */
  static byte[] rebuilt(byte[] old) {
    Random random = new Random(SEED + 1);
    byte[] next = new byte[old.length + 500];
    random.nextBytes(next);
    System.arraycopy(old, 0, next, 0, old.length / 2);
    System.arraycopy(old, old.length / 2, next, old.length / 2 + 500, old.length - old.length / 2);
    for (int i = 0; i < next.length; i += 100) {
      next[i] = (byte) (next[i] + 7);
    }
    return next;
  }

  static ContentDigest digest(int number) {
    byte[] digest = new byte[ContentDigest.SIZE];
    Arrays.fill(digest, (byte) number);
    return ContentDigest.of(digest);
  }

  /**
   * Two old files and two patches; the second has two segments.
   *
   * <pre>
   * old 1, 100 bytes    old 2, 3000 bytes
   * patch 8:  90 bytes of old 1 [0, 100)
   * patch 9:  1000 bytes of old 2 [500, 1500), 200 bytes of old 2 [0, 8) as a difference of 210
   * stored:   10, 20, 30 bytes
   * </pre>
   */
  static ByteBuffer index() {
    ByteBuffer out =
        ByteBuffer.allocate((int) PatchIndex.unpackedSize(2, 2, 3)).order(ByteOrder.LITTLE_ENDIAN);
    out.put(digest(1).bytes()).putLong(100);
    out.put(digest(2).bytes()).putLong(3000);
    out.put(digest(8).bytes()).putLong(90).putInt(1);
    out.put(digest(9).bytes()).putLong(1200).putInt(2);
    out.putInt(90).putInt(10).putInt(0).putInt(0).putInt(100).putLong(0);
    out.putInt(1000).putInt(20).putInt(0).putInt(1).putInt(1000).putLong(500);
    out.putInt(200).putInt(30).putInt(210).putInt(1).putInt(8).putLong(0);
    return out;
  }

  static DeltaManifest.Index counts(int oldFiles, int patches, int segments) {
    long size = PatchIndex.unpackedSize(oldFiles, patches, segments);
    return new DeltaManifest.Index(0, 1, (int) size, "0".repeat(64), oldFiles, patches, segments);
  }

  static DeltaManifest manifest() throws IOException {
    HashTree tree =
        HashTree.build(BlockReader.of(new byte[4096]), 4096, new byte[0], new UUID(0, 0), 1);
    Manifest.Verity verity =
        new Manifest.Verity(
            1,
            "sha256",
            4096,
            4096,
            1,
            "",
            "0".repeat(64),
            4096,
            tree.sizeOnDisk(),
            new UUID(0, 0));
    return new DeltaManifest(
        1,
        new DeltaManifest.Image("a".repeat(64), new Version("1")),
        new DeltaManifest.Image("b".repeat(64), new Version("2")),
        new DeltaManifest.Data(4096, 60),
        verity,
        new DeltaManifest.Index(
            4096 + tree.sizeOnDisk(),
            100,
            (int) PatchIndex.unpackedSize(2, 2, 3),
            "0".repeat(64),
            2,
            2,
            3),
        Optional.of(digest(9)));
  }
}
