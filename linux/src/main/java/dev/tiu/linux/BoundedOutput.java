package dev.tiu.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Collects bytes, up to a limit. */
final class BoundedOutput extends OutputStream {
  /** More was written than the limit allows. */
  static final class LimitException extends IOException {}

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final int limit;

  BoundedOutput(int limit) {
    this.limit = limit;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length > limit - bytes.size()) {
      throw new LimitException();
    }
    bytes.write(source, offset, length);
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
