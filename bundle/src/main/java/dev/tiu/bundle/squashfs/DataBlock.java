package dev.tiu.bundle.squashfs;

import dev.tiu.verity.ByteRange;
import java.util.OptionalInt;

/**
 * One block of a file: where its content goes in the file, and where it lies in the image.
 *
 * <p>A tail end that shares a fragment block with other files' tail ends names that block: {@code
 * offset} and {@code storedSize} are the fragment block's, and {@code skip} is how far into its
 * unpacked content the tail starts.
 *
 * @param fileOffset where the content goes in the file, in bytes
 * @param size bytes of content
 * @param offset where the stored bytes lie in the image; 0 for a hole
 * @param storedSize how many stored bytes there are; 0 for a hole
 * @param storage how they are stored
 * @param fragment index of the fragment block that this tail end lies in; empty for a block of the
 *     file's own
 * @param skip bytes of the unpacked fragment block before this tail end; 0 for a block of its own
 */
public record DataBlock(
    long fileOffset,
    int size,
    long offset,
    int storedSize,
    Storage storage,
    OptionalInt fragment,
    int skip) {

  /** How a block's bytes are kept. */
  public enum Storage {
    /** Packed by the image's compressor. */
    COMPRESSED,
    /** As they are. */
    PLAIN,
    /** Not at all: the block is zeros. */
    HOLE
  }

  /** Whether the stored bytes have to be unpacked. */
  public boolean compressed() {
    return storage == Storage.COMPRESSED;
  }

  /** Whether the block is zeros that the image doesn't store. */
  public boolean hole() {
    return storage == Storage.HOLE;
  }

  /** The stored bytes, as a range of the image; empty for a hole. */
  public ByteRange stored() {
    return new ByteRange(offset, storedSize);
  }
}
