package dev.tiu.bundle.squashfs;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The compressor that squashfs calls gzip: a zlib stream (RFC 1950) per block. */
final class ZlibDecompressor implements Decompressor {
  private final Inflater inflater = new Inflater();

  @Override
  public void unpack(ByteBuffer packed, ByteBuffer content) throws CorruptBlockException {
    inflater.reset();
    inflater.setInput(packed);
    try {
      int before = content.position();
      while (!inflater.finished() && inflater.inflate(content) > 0) {
        // All input is there at once, so each round makes progress or is the last.
      }
      if (!inflater.finished()) {
        throw new CorruptBlockException(
            "zlib stream doesn't end after " + (content.position() - before) + " bytes");
      }
    } catch (DataFormatException e) {
      throw new CorruptBlockException("zlib: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean takesDirect() {
    return true;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
