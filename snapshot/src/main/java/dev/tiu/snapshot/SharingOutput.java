package dev.tiu.snapshot;

import dev.tiu.bundle.SkeletonOutput;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file that is written, and that shares its blocks with an earlier one where they are the same.
 *
 * <p>What isn't shared is written: sharing only saves room, and is tried where the bytes are known
 * to be equal, by having been compared.
 */
final class SharingOutput implements SkeletonOutput {
  /** What btrfs shares: whole blocks, on a device with the usual size of them. */
  private static final int BLOCK = 4096;

  private final FileHandle out;
  private final Earlier earlier;
  private final long tableOffset;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  /**
   * A file that may have the same bytes.
   *
   * @param tableOffset where its content table begins: what follows is looked for from there
   */
  record Earlier(FileHandle file, long tableOffset) {}

  /**
   * Writes to a new file.
   *
   * @param tableOffset where the new one's content table begins
   */
  SharingOutput(FileHandle out, Earlier earlier, long tableOffset) {
    this.out = out;
    this.earlier = earlier;
    this.tableOffset = tableOffset;
  }

  @Override
  public void write(ByteBuffer bytes, long offset) throws IOException {
    long from = offset < tableOffset ? offset : offset - tableOffset + earlier.tableOffset();
    if (offset % BLOCK != 0 || from % BLOCK != 0 || from < 0) {
      out.write(bytes, offset);
      return;
    }
    ByteBuffer there = read(from, bytes.remaining());
    int start = bytes.position();
    int end = bytes.limit();
    while (bytes.position() < end) {
      int at = bytes.position();
      int length = equalBlocks(bytes, there, at - start);
      boolean equal = length > 0;
      if (!equal) {
        length = otherBlocks(bytes, there, at - start);
      }
      ByteBuffer run = bytes.duplicate().limit(at + length);
      if (!equal || !share(from + at - start, length, offset + at - start)) {
        out.write(run, offset + at - start);
      }
      bytes.position(at + length);
    }
  }

  /** Bytes from the position on that are whole blocks and the same there. */
  private static int equalBlocks(ByteBuffer bytes, ByteBuffer there, int skip) {
    int length = 0;
    while (isEqualBlock(bytes, there, skip, length)) {
      length += BLOCK;
    }
    return length;
  }

  private static int otherBlocks(ByteBuffer bytes, ByteBuffer there, int skip) {
    int length = 0;
    while (length < bytes.remaining() && !isEqualBlock(bytes, there, skip, length)) {
      length = Math.min(length + BLOCK, bytes.remaining());
    }
    return length;
  }

  private static boolean isEqualBlock(ByteBuffer bytes, ByteBuffer there, int skip, int at) {
    if (bytes.remaining() < at + BLOCK || there.limit() < skip + at + BLOCK) {
      return false;
    }
    return bytes.slice(bytes.position() + at, BLOCK).equals(there.slice(skip + at, BLOCK));
  }

  private boolean share(long from, int length, long to) {
    try {
      out.cloneRange(earlier.file(), from, length, to);
      return true;
    } catch (LinuxException e) {
      // Blocks of another size, or a file that was kept out of checksums.
      return false;
    }
  }

  /** What the earlier file has there, up to its end. */
  private ByteBuffer read(long offset, int length) throws IOException {
    if (buffer.capacity() < length) {
      buffer = ByteBuffer.allocateDirect(length);
    }
    buffer.clear().limit(length);
    int n = 0;
    while (buffer.hasRemaining() && n >= 0) {
      n = earlier.file().read(buffer, offset + buffer.position());
    }
    return buffer.flip();
  }
}
