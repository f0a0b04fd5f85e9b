package dev.tiu.bundle;

import dev.tiu.verity.BlockReader;
import java.io.Closeable;
import java.io.IOException;

/**
 * Where a bundle's bytes come from: a file now, a server's range requests later.
 *
 * <p>Nothing that is read here is trusted. {@code read} fills the buffer wholly or throws {@link
 * java.io.EOFException}; any number of threads may read at once.
 */
public interface ByteSource extends BlockReader, Closeable {
  /** In bytes; doesn't change while the source is open. */
  long size() throws IOException;

  /** What a person calls it: the path or the address. */
  String name();
}
