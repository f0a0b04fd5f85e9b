package dev.tiu.bundle;

import java.io.IOException;
import java.io.InputStream;

/** A content that can be read again later, from its start, as long as its source is open. */
@FunctionalInterface
interface Rereadable {
  /** The content, from its start; any number may be read at once, in any threads. */
  InputStream again() throws IOException;
}
