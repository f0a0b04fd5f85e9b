package dev.tiu.boot.packed;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * LZ4's legacy frame, the only one that the kernel reads (lz4_Frame_format.md, "Legacy frame").
 *
 * <pre>
 * u32 magic, then for each block: u32 packed size, LZ4 block of at most 8 MiB unpacked
 * </pre>
 *
 * Numbers are little-endian. Frames may follow each other: a magic where a size is expected.
 */
final class Lz4Input extends InputStream {
  private static final int MAGIC = 0x184c2102;
  private static final int MOST = 8 << 20;

  /** LZ4_COMPRESSBOUND of a full block. */
  private static final int MOST_PACKED = MOST + MOST / 255 + 16;

  private final InputStream in;
  private byte[] packed = new byte[0];
  private byte[] block = new byte[0];
  private int size;
  private int position;
  private int from;
  private int to;

  Lz4Input(InputStream in) throws IOException {
    this.in = in;
    if (word() != MAGIC) {
      throw new IOException("no legacy LZ4 frame");
    }
  }

  @Override
  public int read() throws IOException {
    return position < size || next() ? block[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == size && !next()) {
      return -1;
    }
    int n = Math.min(length, size - position);
    System.arraycopy(block, position, buffer, offset, n);
    position += n;
    return n;
  }

  /** The next block that isn't empty, if there is one; zeros are padding. */
  private boolean next() throws IOException {
    position = 0;
    size = 0;
    while (size == 0) {
      int length = word();
      if (length == 0) {
        return false;
      } else if (length != MAGIC) {
        readBlock(length);
      }
    }
    return true;
  }

  private void readBlock(int length) throws IOException {
    if (length < 0 || length > MOST_PACKED) {
      throw new IOException("a block of " + Integer.toUnsignedString(length) + " bytes");
    }
    packed = in.readNBytes(length);
    if (packed.length < length) {
      throw new EOFException("ends within a block");
    }
    if (block.length == 0) {
      block = new byte[MOST];
    }
    unpack();
  }

  /** 0 at the end of the stream. */
  private int word() throws IOException {
    byte[] bytes = in.readNBytes(4);
    if (bytes.length == 0) {
      return 0;
    } else if (bytes.length < 4) {
      throw new EOFException("ends within a size");
    }
    return (bytes[0] & 0xff)
        | (bytes[1] & 0xff) << 8
        | (bytes[2] & 0xff) << 16
        | (bytes[3] & 0xff) << 24;
  }

  /** lz4_Block_format.md: token, literals, offset, match; the last sequence has literals only. */
  private void unpack() throws IOException {
    from = 0;
    to = 0;
    while (from < packed.length) {
      int token = packed[from++] & 0xff;
      copyLiterals(length(token >>> 4));
      if (from < packed.length) {
        copyMatch(token & 15);
      }
    }
    size = to;
  }

  private void copyLiterals(int count) throws IOException {
    if (count > packed.length - from || count > MOST - to) {
      throw new IOException("literals beyond the end of a block");
    }
    System.arraycopy(packed, from, block, to, count);
    from += count;
    to += count;
  }

  private void copyMatch(int lengthBits) throws IOException {
    if (packed.length - from < 2) {
      throw new IOException("a block ends within an offset");
    }
    int distance = (packed[from] & 0xff) | (packed[from + 1] & 0xff) << 8;
    from += 2;
    int count = length(lengthBits) + 4;
    if (distance == 0 || distance > to || count > MOST - to) {
      throw new IOException("a match outside of its block");
    }
    // Byte by byte: a match may overlap what it makes.
    for (int end = to + count; to < end; to++) {
      block[to] = block[to - distance];
    }
  }

  private int length(int bits) throws IOException {
    int length = bits;
    for (int more = bits == 15 ? 255 : 0; more == 255; length += more) {
      if (from == packed.length || length > MOST) {
        throw new IOException("a length beyond its block");
      }
      more = packed[from++] & 0xff;
    }
    return length;
  }
}
