package dev.tiu.verity;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Random access to bytes that several threads may read at once.
 *
 * <p>Offsets and lengths are in bytes. Implementations keep no position of their own.
 */
@FunctionalInterface
public interface BlockReader {
  /**
   * Fills {@code dst} from its position to its limit with the bytes at {@code offset}.
   *
   * @throws EOFException if the bytes end before {@code dst} is full
   */
  void read(long offset, ByteBuffer dst) throws IOException;

  /** Reads {@code channel}, which stays the caller's to close. */
  static BlockReader of(FileChannel channel) {
    return (offset, dst) -> {
      long position = offset;
      while (dst.hasRemaining()) {
        int read = channel.read(dst, position);
        if (read < 0) {
          throw new EOFException(
              "the file ends at offset " + position + ", " + dst.remaining() + " bytes too early");
        }
        position += read;
      }
    };
  }

  /** Reads {@code bytes}, which must not change any more. */
  static BlockReader of(byte[] bytes) {
    return (offset, dst) -> {
      int wanted = dst.remaining();
      if (offset < 0 || offset > bytes.length - wanted) {
        throw new EOFException(
            wanted + " bytes at offset " + offset + " of " + bytes.length + " bytes in memory");
      }
      dst.put(bytes, (int) offset, wanted);
    };
  }
}
