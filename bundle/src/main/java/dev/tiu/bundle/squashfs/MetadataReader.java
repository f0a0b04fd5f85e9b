package dev.tiu.bundle.squashfs;

import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Unpacks metadata blocks: each once, in the order they lie in, within one allowance for all
 * tables.
 *
 * <p>A metadata block is a 16-bit header and at most 8192 stored bytes. The header's low 15 bits
 * are their number; bit 15 is set when they are stored as they are.
 */
final class MetadataReader implements AutoCloseable {
  /** Most bytes that a metadata block has, unpacked. */
  static final int BLOCK = 8192;

  private static final int HEADER = 2;
  private static final int PLAIN_BIT = 1 << 15;
  // How much is read at once, whatever the image's metadata is.
  private static final int WINDOW = 1 << 18;
  private static final int FIRST_ALLOCATION = 1 << 24;

  private final BlockReader image;
  private final Decompressor decompressor;
  private final ByteBuffer window;
  private long windowEnd;
  private int allowance;

  MetadataReader(BlockReader image, Superblock superblock, SquashfsImage.Limits limits) {
    this.image = image;
    this.decompressor = Decompressor.of(superblock.compressor());
    long stored = superblock.bytesUsed() - superblock.inodeTable();
    this.window = ByteBuffer.allocate((int) Math.max(HEADER + BLOCK, Math.min(WINDOW, stored)));
    this.allowance = limits.maxMetadataBytes();
  }

  /** Bytes as they are, for the indexes that aren't in metadata blocks. */
  byte[] plain(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    image.read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** How many more bytes of metadata may be unpacked. */
  int allowance() {
    return allowance;
  }

  /** All metadata blocks from {@code start} to exactly {@code end}. */
  MetadataTable read(String name, long start, long end) throws IOException {
    window.limit(0);
    windowEnd = start;
    byte[] bytes = new byte[firstAllocation(end - start)];
    int length = 0;
    int[] stored = new int[64];
    int[] places = new int[65];
    int blocks = 0;
    for (long at = start; at < end; blocks++) {
      int header = header(name, at, end);
      int size = header & ~PLAIN_BIT;
      if (blocks == stored.length) {
        stored = Arrays.copyOf(stored, 2 * blocks);
        places = Arrays.copyOf(places, 2 * blocks + 1);
      }
      if (bytes.length - length < BLOCK) {
        bytes = grow(bytes, length);
      }
      stored[blocks] = blockPosition(name, at, start);
      places[blocks] = length;
      ByteBuffer content = ByteBuffer.wrap(bytes, length, BLOCK);
      unpack(name, at, header, size, content);
      length = content.position();
      places[blocks + 1] = length;
      spend(name, at, length - places[blocks]);
      at += HEADER + size;
    }
    return new MetadataTable(name, start, bytes, length, blocks, stored, places);
  }

  private static int blockPosition(String name, long at, long start) throws SquashfsException {
    if (at - start > Integer.MAX_VALUE) {
      throw new SquashfsException(name, start, "is longer than 2 GiB");
    }
    return (int) (at - start);
  }

  private int firstAllocation(long stored) {
    return (int) Math.min(Math.min(3 * stored, allowance), FIRST_ALLOCATION) + BLOCK;
  }

  private byte[] grow(byte[] bytes, int length) {
    return Arrays.copyOf(
        bytes, (int) Math.min(2L * bytes.length, (long) length + allowance) + BLOCK);
  }

  private void spend(String name, long at, int bytes) throws SquashfsException {
    if (bytes == 0) {
      throw new SquashfsException(name, at, "metadata block is empty");
    }
    allowance -= bytes;
    if (allowance < 0) {
      throw new SquashfsException(name, at, "metadata is larger than the limit allows");
    }
  }

  private int header(String name, long at, long end) throws IOException {
    if (end - at < HEADER) {
      throw new SquashfsException(name, at, "ends within a metadata block's header");
    }
    fill(HEADER, end);
    int header = (window.get() & 0xff) | ((window.get() & 0xff) << 8);
    int size = header & ~PLAIN_BIT;
    if (size == 0 || size > BLOCK) {
      throw new SquashfsException(
          name, at, "metadata block of " + size + " stored bytes, expected 1 to " + BLOCK);
    }
    if (size > end - at - HEADER) {
      throw new SquashfsException(
          name,
          at,
          "metadata block of %d stored bytes runs over the table's end at %d".formatted(size, end));
    }
    fill(size, end);
    return header;
  }

  private void unpack(String name, long at, int header, int size, ByteBuffer content)
      throws SquashfsException {
    int rest = window.limit();
    window.limit(window.position() + size);
    int next = window.limit();
    try {
      if ((header & PLAIN_BIT) != 0) {
        content.put(window);
      } else {
        decompressor.unpack(window, content);
      }
    } catch (CorruptBlockException e) {
      throw new SquashfsException(name, at, "metadata block doesn't unpack: " + e.getMessage(), e);
    }
    window.limit(rest).position(next);
  }

  /** Makes {@code count} bytes stand in the window, reading far ahead. */
  private void fill(int count, long end) throws IOException {
    if (window.remaining() >= count) {
      return;
    }
    window.compact();
    window.limit((int) Math.min(window.capacity(), window.position() + end - windowEnd));
    int read = window.remaining();
    image.read(windowEnd, window);
    windowEnd += read;
    window.flip();
  }

  @Override
  public void close() {
    decompressor.close();
  }
}
