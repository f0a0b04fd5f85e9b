package dev.tiu.bundle.delta;

import com.github.luben.zstd.Zstd;
import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes what {@link PatchIndex} reads. */
final class IndexWriter {
  private static final int LEVEL = 19;

  private final List<EncodedPatch> patches;

  /** Each old content's number, sorted by digest. */
  private final TreeMap<ContentDigest, Integer> numbers = new TreeMap<>();

  private final Map<ContentDigest, Content> oldFiles = new TreeMap<>();

  /** Patches in the order in which their bytes are stored. */
  IndexWriter(List<EncodedPatch> patches) {
    this.patches = List.copyOf(patches);
    patches.forEach(patch -> oldFiles.put(patch.old().digest(), patch.old()));
    oldFiles.keySet().forEach(digest -> numbers.put(digest, numbers.size()));
  }

  /** The index as it is stored. */
  byte[] pack() {
    return Zstd.compress(unpacked(), LEVEL);
  }

  private byte[] unpacked() {
    ByteBuffer out = ByteBuffer.allocate(unpackedSize()).order(ByteOrder.LITTLE_ENDIAN);
    for (Content old : oldFiles.values()) {
      out.put(old.digest().bytes()).putLong(old.size());
    }
    for (EncodedPatch patch : patches) {
      out.put(patch.next().digest().bytes());
      out.putLong(patch.next().size()).putInt(patch.segments().size());
    }
    for (EncodedPatch patch : patches) {
      int oldFile = numbers.getOrDefault(patch.old().digest(), -1);
      for (EncodedPatch.EncodedSegment segment : patch.segments()) {
        out.putInt(segment.size()).putInt(segment.storedSize());
        out.putInt(segment.differenceSize());
        out.putInt(oldFile).putInt(segment.oldLength()).putLong(segment.oldOffset());
      }
    }
    return out.array();
  }

  private int segments() {
    return patches.stream().mapToInt(patch -> patch.segments().size()).sum();
  }

  private int unpackedSize() {
    return Math.toIntExact(PatchIndex.unpackedSize(oldFiles.size(), patches.size(), segments()));
  }

  /** What the manifest says of it. */
  DeltaManifest.Index describe(byte[] packed, long offset) {
    return new DeltaManifest.Index(
        offset,
        packed.length,
        unpackedSize(),
        Digests.hex(Digests.sha256(packed)),
        oldFiles.size(),
        patches.size(),
        segments());
  }
}
