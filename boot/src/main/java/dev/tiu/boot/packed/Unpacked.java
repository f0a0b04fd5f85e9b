package dev.tiu.boot.packed;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** What a decompressor gives, with its failures as what they are: damaged data. */
final class Unpacked extends InputStream {
  private final String packing;
  private final InputStream in;

  Unpacked(String packing, InputStream in) {
    this.packing = packing;
    this.in = in;
  }

  /** Some of the libraries fail with an unchecked exception where a length makes no sense. */
  static IOException damaged(String packing, Exception e) {
    return new IOException(
        "damaged where it is compressed by %s: %s"
            .formatted(packing.toLowerCase(Locale.ROOT), e.getMessage()),
        e);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      return in.read(buffer, offset, length);
    } catch (IOException | RuntimeException e) {
      throw damaged(packing, e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
