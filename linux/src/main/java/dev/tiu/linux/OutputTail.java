package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The last bytes of a stream, however long it is. */
public final class OutputTail {
  private final byte[] ring;
  private long total;

  /** Keeps so many bytes. */
  public OutputTail(int capacity) {
    this.ring = new byte[capacity];
  }

  /** Reads up to the end. */
  public void readFrom(InputStream stream) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
      add(buffer, n);
    }
  }

  synchronized void add(byte[] bytes, int length) {
    int skipped = Math.max(0, length - ring.length);
    total += skipped;
    for (int from = skipped; from < length; ) {
      int at = (int) (total % ring.length);
      int n = Math.min(length - from, ring.length - at);
      System.arraycopy(bytes, from, ring, at, n);
      from += n;
      total += n;
    }
  }

  /** The tail as UTF-8, from a line's beginning where something was lost before it. */
  public synchronized String text() {
    if (total <= ring.length) {
      return new String(ring, 0, (int) total, UTF_8);
    }
    int at = (int) (total % ring.length);
    byte[] ordered = Arrays.copyOfRange(ring, at, at + ring.length);
    System.arraycopy(ring, 0, ordered, ring.length - at, at);
    String text = new String(ordered, UTF_8);
    return text.substring(text.indexOf('\n') + 1);
  }
}
