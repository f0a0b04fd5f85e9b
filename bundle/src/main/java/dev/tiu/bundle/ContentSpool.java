package dev.tiu.bundle;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps contents that come only once, from a pipe or a compressed archive, so that they can be read
 * again.
 *
 * <p>They lie unpacked in a file beside the output, which is made when the first one comes, and
 * goes away in the end. Zeros take no room in it.
 */
final class ContentSpool implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final byte[] ZEROS = new byte[BUFFER];

  private final Path output;
  private final byte[] buffer = new byte[BUFFER];
  private @Nullable PartialFile partial;
  private @Nullable RandomAccessFile file;
  private long end;

  /**
   * A spool without a file.
   *
   * @param output what is being made
   */
  ContentSpool(Path output) {
    this.output = output;
  }

  /** Keeps the next {@code size} bytes. */
  Rereadable keep(InputStream content, long size, String name) throws IOException {
    RandomAccessFile kept = file();
    long start = end;
    while (end < start + size) {
      int wanted = (int) Math.min(BUFFER, start + size - end);
      int n = content.readNBytes(buffer, 0, wanted);
      if (n < wanted) {
        throw new EOFException(name + ": became shorter while it was packed");
      }
      if (!Arrays.equals(buffer, 0, n, ZEROS, 0, n)) {
        kept.seek(end);
        kept.write(buffer, 0, n);
      }
      end += n;
    }
    if (kept.length() < end) {
      kept.setLength(end);
    }
    return () -> new Slice(kept.getChannel(), start, size);
  }

  private RandomAccessFile file() throws IOException {
    RandomAccessFile open = file;
    if (open == null) {
      PartialFile made = PartialFile.create(output.resolveSibling(output.getFileName() + ".files"));
      partial = made;
      open = new RandomAccessFile(made.path().toFile(), "rw");
      file = open;
    }
    return open;
  }

  @Override
  public void close() throws IOException {
    PartialFile made = partial;
    RandomAccessFile open = file;
    try {
      if (open != null) {
        open.close();
      }
    } finally {
      if (made != null) {
        made.close();
      }
    }
  }
}
