package dev.tiu.bundle;

import java.io.IOException;
import java.io.InputStream;

/** Takes a tree's entries as they shall be in the image, hard links after what they link to. */
interface TreeSink {
  /**
   * Takes an entry.
   *
   * @param content of a regular file that is no hard link, at least {@code size} bytes; empty
   *     otherwise
   */
  void add(TreeEntry entry, InputStream content) throws IOException;
}
