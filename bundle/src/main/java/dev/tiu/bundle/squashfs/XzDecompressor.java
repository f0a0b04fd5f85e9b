package dev.tiu.bundle.squashfs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.tukaani.xz.BasicArrayCache;
import org.tukaani.xz.XZInputStream;

/** The .xz format: a whole stream per block, with the branch filters that mksquashfs offers. */
final class XzDecompressor extends ArrayDecompressor {
  // A dictionary is no larger than a block (1 MiB); the rest is the decoder's own.
  private static final int MEMORY_LIMIT_KIB = 4096;

  // Each stream wants a dictionary anew; the cache hands it the last one's.
  private final BasicArrayCache cache = new BasicArrayCache();

  @Override
  int unpack(byte[] source, int from, int to, byte[] content, int start, int limit)
      throws CorruptBlockException {
    ByteArrayInputStream packed = new ByteArrayInputStream(source, from, to - from);
    try (XZInputStream xz = new XZInputStream(packed, MEMORY_LIMIT_KIB, true, cache)) {
      int at = start;
      while (at < limit) {
        int read = xz.read(content, at, limit - at);
        if (read < 0) {
          return at;
        }
        at += read;
      }
      if (xz.read() >= 0) {
        throw new CorruptBlockException("xz stream goes on after " + (limit - start) + " bytes");
      }
      return at;
    } catch (CorruptBlockException e) {
      throw e;
    } catch (IOException e) {
      String problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new CorruptBlockException("xz: " + problem, e);
    }
  }
}
