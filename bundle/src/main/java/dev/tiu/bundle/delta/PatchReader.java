package dev.tiu.bundle.delta;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import dev.tiu.bundle.Part;
import dev.tiu.verity.BlockReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Applies patches, segment by segment; for one thread.
 *
 * <p>The stored bytes are held against the hash tree before zstd sees them. What the old file holds
 * isn't checked here: whoever made the new file holds its digest against the image's content table.
 *
 * <p>Holds the longest old range and the longest stored segment of the delta, and one that is
 * unpacked, outside of the heap.
 */
public final class PatchReader implements AutoCloseable {
  private final String name;
  private final BlockReader data;
  private final ByteBuffer old;
  private final ByteBuffer stored;
  private final ByteBuffer difference;
  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();

  /** The most that any segment of a delta needs, in bytes. */
  record Buffers(int old, int stored, int difference) {}

  PatchReader(String name, BlockReader data, Buffers sizes) {
    this.name = name;
    this.data = data;
    this.old = buffer(sizes.old);
    this.stored = buffer(sizes.stored);
    this.difference = buffer(sizes.difference);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Puts a segment's {@link Segment#size} bytes into {@code dst}, whose position moves by that
   * many; when it fails, the position stays.
   *
   * @param oldFile the whole old file of {@link Segment#old}, from its start
   * @param dst direct, with at least that much room
   * @throws DeltaException if the old file is too short or another one, or the delta is damaged
   */
  public void read(Segment segment, BlockReader oldFile, ByteBuffer dst) throws IOException {
    if (dst.remaining() < segment.size()) {
      throw new IllegalArgumentException(
          dst.remaining() + " bytes of room for a segment of " + segment.size());
    }
    readOld(segment, oldFile);
    stored.clear().limit(segment.storedSize());
    data.read(segment.storedOffset(), stored);
    int start = dst.position();
    if (segment.differenceSize() == 0) {
      unpack(segment, dst, segment.size());
      dst.position(start + segment.size());
      return;
    }
    unpack(segment, difference.clear(), segment.differenceSize());
    ByteBuffer part = dst.slice(start, segment.size()).order(ByteOrder.LITTLE_ENDIAN);
    try {
      Difference.apply(difference.limit(segment.differenceSize()), old, part);
    } catch (IllegalArgumentException e) {
      throw failure(segment, "its difference can't be: " + e.getMessage());
    }
    dst.position(start + segment.size());
  }

  private void readOld(Segment segment, BlockReader oldFile) throws IOException {
    OldRange range = segment.old();
    old.clear().limit(range.length());
    try {
      oldFile.read(range.offset(), old);
    } catch (EOFException e) {
      throw failure(
          segment,
          "the old file "
              + range.digest()
              + " is shorter than "
              + range.fileSize()
              + " bytes: "
              + e.getMessage());
    }
    old.flip();
  }

  /** Unpacks the stored bytes, to exactly that many. */
  private void unpack(Segment segment, ByteBuffer dst, int size) throws DeltaException {
    try (ZstdDictDecompress dictionary =
        new ZstdDictDecompress(old, true, ZstdDictContentType.RAW_CONTENT)) {
      try {
        zstd.loadDict(dictionary);
        int made =
            zstd.decompressDirectByteBuffer(
                dst, dst.position(), size, stored, 0, segment.storedSize());
        if (made != size) {
          throw failure(segment, "it unpacks to " + made + " bytes, expected " + size);
        }
      } finally {
        // The context holds on to its dictionary, which is to be closed next.
        zstd.reset();
      }
    } catch (ZstdException e) {
      throw failure(
          segment,
          "it can't be unpacked with the old file "
              + segment.old().digest()
              + ": "
              + e.getMessage());
    }
  }

  private DeltaException failure(Segment segment, String problem) {
    return new DeltaException(name, Part.PATCHES, segment.storedOffset(), problem);
  }

  @Override
  public void close() {
    zstd.close();
  }
}
