package dev.tiu.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A piece of an open file, read without moving the file's own position; ends where the file does.
 */
final class Slice extends InputStream {
  private final FileChannel file;
  private final long end;
  private long position;

  Slice(FileChannel file, long offset, long size) {
    this.file = file;
    this.position = offset;
    this.end = Math.addExact(offset, size);
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
    if (position == end) {
      return -1;
    }
    int most = (int) Math.min(length, end - position);
    int n = file.read(ByteBuffer.wrap(buffer, offset, most), position);
    position += Math.max(n, 0);
    return n;
  }
}
