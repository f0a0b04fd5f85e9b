package dev.tiu.bundle.squashfs;

/**
 * The LZ4 block format (lz4_Block_format.md of the LZ4 project).
 *
 * <p>Our own, because commons-compress has it only as a stream that copies through a window of its
 * own and allocates one for each block.
 */
final class Lz4Decompressor extends ArrayDecompressor {
  private static final int MIN_MATCH = 4;
  private static final int LONG_LENGTH = 15;

  /** Position after the length that was read last. */
  private int afterLength;

  @Override
  int unpack(byte[] source, int from, int to, byte[] content, int start, int limit)
      throws CorruptBlockException {
    int in = from;
    int out = start;
    while (in < to) {
      int token = source[in++] & 0xff;
      int literals = token >>> 4;
      if (literals == LONG_LENGTH) {
        literals = longLength(source, in, to, from);
        in = afterLength;
      }
      if (literals > to - in || literals > limit - out) {
        throw damaged(in - from, literals + " literals don't fit");
      }
      System.arraycopy(source, in, content, out, literals);
      in += literals;
      out += literals;
      if (in == to) {
        return out; // The last sequence has literals only.
      }
      if (to - in < 2) {
        throw damaged(in - from, "cut off in a distance");
      }
      int distance = LittleEndian.u16(source, in);
      in += 2;
      int length = token & LONG_LENGTH;
      if (length == LONG_LENGTH) {
        length = longLength(source, in, to, from);
        in = afterLength;
      }
      length += MIN_MATCH;
      if (distance == 0 || distance > out - start || length > limit - out) {
        throw damaged(in - from, "match of " + length + " bytes at distance " + distance);
      }
      MatchCopy.copy(content, out, distance, length, limit);
      out += length;
    }
    throw damaged(to - from, "cut off before a token");
  }

  /** Bytes of 255, and one that isn't, are added to the 15 of the token. */
  private int longLength(byte[] source, int at, int to, int from) throws CorruptBlockException {
    int in = at;
    while (in < to && source[in] == (byte) 255) {
      in++;
    }
    // A stored block is at most 1 MiB, so this can't overflow.
    if (in == to) {
      throw damaged(in - from, "cut off in a length");
    }
    afterLength = in + 1;
    return LONG_LENGTH + 255 * (in - at) + (source[in] & 0xff);
  }

  private static CorruptBlockException damaged(int at, String problem) {
    return new CorruptBlockException("lz4, packed byte " + at + ": " + problem);
  }
}
