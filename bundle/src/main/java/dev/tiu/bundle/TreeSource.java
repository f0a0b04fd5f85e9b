package dev.tiu.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Where the tree comes from that is packed: a directory or a tar archive. */
interface TreeSource extends Closeable {
  /** What a person calls it. */
  String name();

  /**
   * Hands over every entry, the root's too if there is one; each hard link after the name it links
   * to.
   */
  void walk(Visitor visitor) throws IOException;

  /** Takes the entries one by one. */
  interface Visitor {
    /**
     * Takes an entry.
     *
     * @param content of a regular file, {@code size} bytes; empty otherwise. What isn't read is
     *     skipped.
     * @return whether the entry is in the image, so that later names may link to it
     */
    boolean entry(TreeEntry entry, InputStream content) throws IOException;

    /** Whether what lies below a directory is wanted at all; a source may skip it if not. */
    boolean wantsBelow(TreeEntry directory);
  }
}
