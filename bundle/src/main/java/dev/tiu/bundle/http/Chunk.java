package dev.tiu.bundle.http;

import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** A part of the remote file: waiting to be fetched, on the way, or here. */
final class Chunk {
  /** What readers read in, mostly. */
  static final int BLOCK = 4096;

  private final long start;
  private final int length;
  private final BitSet unread = new BitSet();
  private byte[] content = new byte[0];
  private int received;
  private Optional<IOException> failure = Optional.empty();

  // These belong to the window, which changes them under its own lock.
  private boolean begun;
  private long lastUse;

  /** A chunk of which these parts are wanted; the rest is a gap between them. */
  Chunk(ByteRange range, List<ByteRange> wanted) {
    this.start = range.offset();
    this.length = Math.toIntExact(range.length());
    for (ByteRange part : wanted) {
      long from = Math.max(start, part.offset());
      long to = Math.min(end(), part.end());
      if (from < to) {
        unread.set((int) ((from - start) / BLOCK), (int) ((to - start + BLOCK - 1) / BLOCK));
      }
    }
  }

  long start() {
    return start;
  }

  long end() {
    return start + length;
  }

  int length() {
    return length;
  }

  ByteRange range() {
    return new ByteRange(start, length);
  }

  boolean isBegun() {
    return begun;
  }

  /** From now on somebody fetches it. */
  void begin() {
    begun = true;
    content = new byte[length];
  }

  long lastUse() {
    return lastUse;
  }

  void use(long moment) {
    lastUse = moment;
  }

  synchronized boolean isComplete() {
    return begun && received == length;
  }

  /** Whether all that was wanted of it has been read. */
  synchronized boolean isConsumed() {
    return isComplete() && unread.isEmpty();
  }

  /** Takes bytes off the wire. */
  synchronized void append(ByteBuffer bytes) {
    int count = bytes.remaining();
    bytes.get(content, received, count);
    received += count;
    notifyAll();
  }

  /** Whoever waits for it waits no longer. */
  synchronized void fail(IOException cause) {
    if (received < length && failure.isEmpty()) {
      failure = Optional.of(cause);
    }
    notifyAll();
  }

  /**
   * Puts bytes from {@code position} on, as many as are in this chunk and fit, once they are here.
   *
   * @throws IOException if they won't come
   */
  synchronized void read(long position, ByteBuffer dst) throws IOException, InterruptedException {
    int from = (int) (position - start);
    int count = Math.min(dst.remaining(), length - from);
    while (received < from + count) {
      if (failure.isPresent()) {
        throw failure.get();
      }
      wait();
    }
    dst.put(content, from, count);
    // A block counts as read with its last byte.
    int last = from + count == length ? length + BLOCK - 1 : from + count;
    unread.clear(from / BLOCK, Math.max(from / BLOCK, last / BLOCK));
  }
}
