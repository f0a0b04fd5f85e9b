package dev.tiu.bundle.squashfs;

import java.nio.ByteBuffer;

/** What the decompressors written in Java share: they work on arrays, whatever the buffers are. */
abstract class ArrayDecompressor implements Decompressor {
  private byte[] bounce = new byte[0];

  @Override
  public final void unpack(ByteBuffer packed, ByteBuffer content) throws CorruptBlockException {
    byte[] source = packed.array();
    int from = packed.arrayOffset() + packed.position();
    int to = from + packed.remaining();
    if (content.hasArray()) {
      int start = content.arrayOffset() + content.position();
      int end = unpack(source, from, to, content.array(), start, start + content.remaining());
      content.position(content.position() + end - start);
    } else {
      if (bounce.length < content.remaining()) {
        bounce = new byte[content.remaining()];
      }
      content.put(bounce, 0, unpack(source, from, to, bounce, 0, content.remaining()));
    }
  }

  /**
   * Unpacks {@code source[from..to)} to {@code content[start..limit)}.
   *
   * @return the position after the last byte unpacked
   */
  abstract int unpack(byte[] source, int from, int to, byte[] content, int start, int limit)
      throws CorruptBlockException;
}
