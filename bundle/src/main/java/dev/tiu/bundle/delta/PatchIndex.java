package dev.tiu.bundle.delta;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.Part;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The index of a delta: three tables of records of one size each, without padding, packed together
 * as one zstd frame. How many records a table has stands in the manifest.
 *
 * <pre>
 * old files, sorted by digest, each once
 *  0  u8[32]  digest      fs-verity digest of the content
 * 32  u64     size        of the file in bytes
 *
 * patches, in the order of their stored bytes
 *  0  u8[32]  digest      fs-verity digest of the new content, each once
 * 32  u64     size        of the new content in bytes
 * 40  u32     segments    how many of the next table's records are this patch's
 *
 * segments, in the order of their stored bytes, which follow each other without gaps
 *  0  u32     size        of the part of the new content in bytes
 *  4  u32     storedSize  in bytes
 *  8  u32     difference  bytes that the stored ones unpack to; 0 if those are the new part itself
 * 12  u32     oldFile     its number in the first table, from 0
 * 16  u32     oldLength   of the part of the old file in bytes
 * 20  u64     oldOffset   where that part starts in the old file
 * </pre>
 *
 * <p>Numbers are little-endian. Kept as bytes; patches are made of them as they are asked for.
 */
final class PatchIndex {
  static final int OLD_FILE = 40;
  static final int PATCH = 44;
  static final int SEGMENT = 28;

  private final ByteBuffer bytes;
  private final int oldFiles;
  private final int patches;
  private final Map<ContentDigest, Integer> byDigest = new HashMap<>();

  /** The number of each patch's first segment; one more than there are patches. */
  private final int[] firstSegment;

  /** Where each segment's stored bytes start; one more than there are segments. */
  private final long[] storedOffset;

  private int maxOldLength;
  private int maxStoredSize;
  private int maxDifferenceSize;

  private PatchIndex(ByteBuffer bytes, DeltaManifest.Index counts) {
    this.bytes = bytes;
    this.oldFiles = counts.oldFiles();
    this.patches = counts.patches();
    this.firstSegment = new int[patches + 1];
    this.storedOffset = new long[counts.segments() + 1];
  }

  static long unpackedSize(int oldFiles, int patches, int segments) {
    return (long) oldFiles * OLD_FILE + (long) patches * PATCH + (long) segments * SEGMENT;
  }

  /**
   * Unpacks an index and checks all of it.
   *
   * @param packed whose SHA-256 is as signed
   * @param source the delta's name for messages
   */
  static PatchIndex parse(byte[] packed, DeltaManifest manifest, String source)
      throws DeltaException {
    DeltaManifest.Index expected = manifest.index();
    byte[] unpacked = new byte[expected.unpackedSize()];
    try {
      long size = Zstd.decompressByteArray(unpacked, 0, unpacked.length, packed, 0, packed.length);
      check(size == unpacked.length, size + " bytes, expected " + unpacked.length);
      return of(unpacked, expected, manifest.data().bytesUsed());
    } catch (ZstdException | IllegalArgumentException e) {
      throw new DeltaException(
          source, Part.PATCH_INDEX, expected.offset(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Checks all of an unpacked index.
   *
   * @param bytesUsed by the segments' stored bytes together
   * @throws IllegalArgumentException if it can't be
   */
  static PatchIndex of(byte[] unpacked, DeltaManifest.Index counts, long bytesUsed) {
    PatchIndex index =
        new PatchIndex(ByteBuffer.wrap(unpacked).order(ByteOrder.LITTLE_ENDIAN), counts);
    index.checkOldFiles();
    index.readPatches(counts.segments());
    index.readSegments(bytesUsed);
    return index;
  }

  private void checkOldFiles() {
    for (int i = 1; i < oldFiles; i++) {
      check(
          digest(i * OLD_FILE).compareTo(digest((i - 1) * OLD_FILE)) > 0,
          "old file " + i + " isn't sorted after the one before it");
    }
  }

  private void readPatches(int segments) {
    for (int i = 0; i < patches; i++) {
      int at = patchAt(i);
      Integer before = byDigest.put(digest(at), i);
      check(before == null, "patch " + i + " makes the same content as patch " + before);
      long count = Integer.toUnsignedLong(bytes.getInt(at + 40));
      check(
          count >= 1 && count <= segments - firstSegment[i],
          "patch "
              + i
              + " has "
              + count
              + " segments, "
              + (segments - firstSegment[i])
              + " are left");
      firstSegment[i + 1] = firstSegment[i] + (int) count;
    }
    check(
        firstSegment[patches] == segments,
        segments + " segments, the patches have " + firstSegment[patches]);
  }

  /** Makes every patch once, whose records check what no table can. */
  private void readSegments(long bytesUsed) {
    int segments = storedOffset.length - 1;
    for (int i = 0; i < segments; i++) {
      int stored = bytes.getInt(segmentAt(i) + 4);
      check(
          stored >= 1 && stored <= bytesUsed - storedOffset[i],
          "segment "
              + i
              + " is stored in "
              + Integer.toUnsignedString(stored)
              + " bytes, "
              + (bytesUsed - storedOffset[i])
              + " are left");
      storedOffset[i + 1] = storedOffset[i] + stored;
      maxStoredSize = Math.max(maxStoredSize, stored);
    }
    check(
        storedOffset[segments] == bytesUsed,
        bytesUsed + " stored bytes, the segments have " + storedOffset[segments]);
    for (int i = 0; i < patches; i++) {
      for (Segment segment : patch(i).segments()) {
        maxOldLength = Math.max(maxOldLength, segment.old().length());
        maxDifferenceSize = Math.max(maxDifferenceSize, segment.differenceSize());
      }
    }
  }

  private static void check(boolean right, String problem) {
    if (!right) {
      throw new IllegalArgumentException(problem);
    }
  }

  private int patchAt(int patch) {
    return oldFiles * OLD_FILE + patch * PATCH;
  }

  private int segmentAt(int segment) {
    return oldFiles * OLD_FILE + patches * PATCH + segment * SEGMENT;
  }

  private ContentDigest digest(int at) {
    byte[] digest = new byte[ContentDigest.SIZE];
    bytes.get(at, digest);
    return ContentDigest.of(digest);
  }

  int size() {
    return patches;
  }

  /** What a reader of all segments needs. */
  PatchReader.Buffers buffers() {
    return new PatchReader.Buffers(maxOldLength, maxStoredSize, maxDifferenceSize);
  }

  Optional<Patch> find(ContentDigest digest) {
    Integer patch = byDigest.get(digest);
    return patch == null ? Optional.empty() : Optional.of(patch(patch));
  }

  /**
   * The patch with this number, in the order of the stored bytes.
   *
   * @throws IllegalArgumentException if its records can't be
   */
  Patch patch(int patch) {
    List<Segment> segments = new ArrayList<>();
    long offset = 0;
    for (int i = firstSegment[patch]; i < firstSegment[patch + 1]; i++) {
      Segment segment = segment(i, offset);
      segments.add(segment);
      offset = segment.end();
    }
    int at = patchAt(patch);
    return new Patch(digest(at), bytes.getLong(at + 32), segments);
  }

  private Segment segment(int segment, long offset) {
    int at = segmentAt(segment);
    int oldFile = bytes.getInt(at + 12);
    check(
        oldFile >= 0 && oldFile < oldFiles,
        "old file " + Integer.toUnsignedString(oldFile) + " of " + oldFiles);
    OldRange old =
        new OldRange(
            digest(oldFile * OLD_FILE),
            bytes.getLong(oldFile * OLD_FILE + 32),
            bytes.getLong(at + 20),
            bytes.getInt(at + 16));
    int stored = (int) (storedOffset[segment + 1] - storedOffset[segment]);
    return new Segment(
        offset, bytes.getInt(at), old, storedOffset[segment], stored, bytes.getInt(at + 8));
  }
}
