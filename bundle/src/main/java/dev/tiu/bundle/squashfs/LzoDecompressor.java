package dev.tiu.bundle.squashfs;

/**
 * LZO1X, as Documentation/staging/lzo.rst of the Linux kernel describes the stream (version 0).
 *
 * <p>Our own, because no maintained Java library has it.
 */
final class LzoDecompressor extends ArrayDecompressor {
  /** What the last instruction left behind: four or more literals, which aren't its own bits. */
  private static final int AFTER_LITERAL_RUN = 4;

  private byte[] source = new byte[0];
  private int from;
  private int to;
  private int in;
  private byte[] content = new byte[0];
  private int start;
  private int limit;
  private int out;

  @Override
  int unpack(byte[] source, int from, int to, byte[] content, int start, int limit)
      throws CorruptBlockException {
    this.source = source;
    this.from = from;
    this.to = to;
    this.in = from;
    this.content = content;
    this.start = start;
    this.limit = limit;
    this.out = start;
    run(firstLiterals());
    if (in != to) {
      throw damaged((to - in) + " bytes after the end of the stream");
    }
    return out;
  }

  /** The first byte may be a run of literals in an encoding of its own. */
  private int firstLiterals() throws CorruptBlockException {
    need(1);
    int first = source[in] & 0xff;
    if (first <= 17) {
      return 0;
    }
    in++;
    literals(first - 17);
    return Math.min(first - 17, AFTER_LITERAL_RUN);
  }

  private void run(int firstState) throws CorruptBlockException {
    int state = firstState;
    while (true) {
      need(1);
      int code = source[in++] & 0xff;
      if (code >= 64) { // 3 to 8 bytes within 2 KiB
        need(1);
        int distance = ((source[in++] & 0xff) << 3) + ((code >>> 2) & 7) + 1;
        match(distance, (code >>> 5) + 1);
        state = code & 3;
      } else if (code >= 32) { // within 16 KiB
        int length = 2 + length(code & 31, 31);
        int operand = operand();
        match((operand >>> 2) + 1, length);
        state = operand & 3;
      } else if (code >= 16) { // within 16 to 48 KiB, or the end
        int length = 2 + length(code & 7, 7);
        int operand = operand();
        int distance = ((code & 8) << 11) + (operand >>> 2);
        if (distance == 0) {
          return;
        }
        match((1 << 14) + distance, length);
        state = operand & 3;
      } else if (state == 0) {
        literals(3 + length(code, 15));
        state = AFTER_LITERAL_RUN;
        continue;
      } else { // 2 bytes within 1 KiB, or 3 within 2 to 3 KiB
        need(1);
        int distance = ((source[in++] & 0xff) << 2) + (code >>> 2) + 1;
        boolean afterRun = state == AFTER_LITERAL_RUN;
        match(afterRun ? distance + 2048 : distance, afterRun ? 3 : 2);
        state = code & 3;
      }
      literals(state);
    }
  }

  /** A length of 0 in the code is long: bytes of 0 count 255 each, the next one counts itself. */
  private int length(int bits, int all) throws CorruptBlockException {
    if (bits != 0) {
      return bits;
    }
    int first = in;
    while (in < to && source[in] == 0) {
      in++;
    }
    need(1);
    // A stored block is at most 1 MiB, so this can't overflow.
    return all + 255 * (in - first) + (source[in++] & 0xff);
  }

  private int operand() throws CorruptBlockException {
    need(2);
    int value = LittleEndian.u16(source, in);
    in += 2;
    return value;
  }

  private void literals(int count) throws CorruptBlockException {
    need(count);
    if (count > limit - out) {
      throw damaged(count + " literals don't fit");
    }
    if (count <= 3) { // The usual case is too short for a call.
      for (int i = 0; i < count; i++) {
        content[out + i] = source[in + i];
      }
    } else {
      System.arraycopy(source, in, content, out, count);
    }
    in += count;
    out += count;
  }

  private void match(int distance, int length) throws CorruptBlockException {
    if (distance > out - start || length > limit - out) {
      throw damaged("match of " + length + " bytes at distance " + distance);
    }
    MatchCopy.copy(content, out, distance, length, limit);
    out += length;
  }

  private void need(int count) throws CorruptBlockException {
    if (count > to - in) {
      throw damaged("cut off");
    }
  }

  private CorruptBlockException damaged(String problem) {
    return new CorruptBlockException("lzo, packed byte " + (in - from) + ": " + problem);
  }
}
