package dev.tiu.bundle;

import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Where a bundle's bytes come from: a file, or a server's range requests.
 *
 * <p>Nothing that is read here is trusted. {@code read} fills the buffer wholly or throws {@link
 * java.io.EOFException}; any number of threads may read at once.
 */
public interface ByteSource extends BlockReader, Closeable {
  /** In bytes; doesn't change while the source is open. */
  long size() throws IOException;

  /** What a person calls it: the path or the address. */
  String name();

  /**
   * Says which ranges will be read soon, so that a source that is far away can fetch them ahead. It
   * adds to what was said before, and returns at once; a failure shows when the bytes are read.
   * Whoever reads something else, in another order, or not at all gets what is right, only later.
   */
  default void expect(List<ByteRange> ranges) {}

  /**
   * Says which ranges will be read more than once, so that a source that is far away keeps what it
   * has fetched of them. It replaces what was said before.
   */
  default void keep(List<ByteRange> ranges) {}
}
