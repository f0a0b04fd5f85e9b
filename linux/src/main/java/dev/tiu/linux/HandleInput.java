package dev.tiu.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A file's content as a stream, with a position of its own. */
final class HandleInput extends InputStream {
  private final FileHandle file;
  private long position;

  HandleInput(FileHandle file) {
    this.file = file;
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
    int n = file.read(ByteBuffer.wrap(buffer, offset, length), position);
    position += Math.max(n, 0);
    return n;
  }
}
