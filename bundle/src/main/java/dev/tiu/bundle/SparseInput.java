package dev.tiu.bundle;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A sparse file's content with its holes filled in, read from the parts that were stored. */
final class SparseInput extends InputStream {
  private final InputStream stored;
  private final SparseMap map;
  private long position;
  private int segment;

  SparseInput(InputStream stored, SparseMap map) {
    this.stored = stored;
    this.map = map;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (position == map.size()) {
      return -1;
    }
    boolean last = segment == map.segments().size();
    long start = last ? map.size() : map.segments().get(segment).offset();
    int done;
    if (position < start) {
      done = (int) Math.min(length, start - position);
      Arrays.fill(buffer, offset, offset + done, (byte) 0);
    } else {
      long end = start + map.segments().get(segment).length();
      done = stored.read(buffer, offset, (int) Math.min(length, end - position));
      if (done < 0) {
        throw new EOFException("a sparse file's content ends too early");
      }
      if (position + done == end) {
        segment++;
      }
    }
    position += done;
    return done;
  }
}
