package dev.tiu.bundle.delta;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Packs a segment by zstd: its {@link Difference} from the old bytes or, where that is smaller, the
 * segment itself, with the old bytes as the raw-content dictionary.
 *
 * <p>zstd prepares a dictionary's match finder once for itself and once more for the context, so
 * the tables are kept small enough that all of it stays below 64 MiB: they cover the 2 MiB before
 * each byte, which is why old ranges aren't larger. In the heap, half as much again is needed for
 * the differences. An encoder is for one thread, and for one segment after the other.
 */
final class SegmentEncoder {
  /** Bytes of a new file that are packed at once. */
  static final int SEGMENT = 1 << 20;

  /** Bytes of an old file that a segment is packed against. */
  static final int WINDOW = 2 << 20;

  /** Of four bytes each: 16 MiB. */
  private static final int MAX_CHAIN_LOG = 22;

  /** Of four bytes each: 8 MiB. */
  private static final int MAX_HASH_LOG = 21;

  private static final int MIN_WINDOW_LOG = 17;

  /** Where a difference is stored in less than this part of the segment, it is what pays. */
  private static final int GOOD = 8;

  private final int level;
  private final DifferenceEncoder.Table table = new DifferenceEncoder.Table();

  SegmentEncoder(int level) {
    this.level = level;
  }

  /**
   * A packed segment.
   *
   * @param differenceSize bytes of the difference; 0 if it is the segment itself that is packed
   */
  @SuppressWarnings("ArrayRecordComponent") // lives as long as storing it takes, is never compared
  record Packed(byte[] stored, int differenceSize) {
    private Packed orSmaller(Packed other) {
      return other.stored.length < stored.length ? other : this;
    }
  }

  /** The smallest that was found; the same for the same bytes. */
  Packed encode(byte[] old, byte[] segment) throws IOException {
    byte[] difference = DifferenceEncoder.encode(old, segment, table);
    boolean possible = difference.length <= Segment.maxDifferenceSize(segment.length);
    if (possible) {
      // A dictionary takes most of the time, and adds little where the difference is mostly zeros.
      Packed alone = new Packed(pack(new byte[0], difference), difference.length);
      if (alone.stored.length < segment.length / GOOD) {
        return alone;
      }
    }
    Packed plain = new Packed(pack(old, segment), 0);
    return possible ? plain.orSmaller(new Packed(pack(old, difference), difference.length)) : plain;
  }

  private byte[] pack(byte[] dictionary, byte[] content) throws IOException {
    // As many bits as count all bytes of both.
    int log = Integer.SIZE - Integer.numberOfLeadingZeros(dictionary.length + content.length - 1);
    byte[] packed = new byte[(int) Zstd.compressBound(content.length)];
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(level).setContentSize(false).setChecksum(false).setDictID(false);
      zstd.setWindowLog(Math.max(MIN_WINDOW_LOG, log));
      zstd.setHashLog(Math.max(MIN_WINDOW_LOG - 1, Math.min(MAX_HASH_LOG, log)));
      zstd.setChainLog(Math.max(MIN_WINDOW_LOG, Math.min(MAX_CHAIN_LOG, log + 1)));
      if (dictionary.length > 0) {
        // Raw, whatever it begins with: it may well be a dictionary file of zstd's own.
        zstd.loadDict(dictionary, ZstdDictContentType.RAW_CONTENT);
      }
      int size = zstd.compressByteArray(packed, 0, packed.length, content, 0, content.length);
      return Arrays.copyOf(packed, size);
    } catch (ZstdException e) {
      throw new IOException("zstd: " + e.getMessage(), e);
    }
  }
}
