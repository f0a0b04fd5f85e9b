package dev.tiu.bundle.squashfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fragment blocks unpacked last, since neighbouring files' tail ends lie in the same ones.
 *
 * <p>A block that one thread is unpacking is waited for by others, not unpacked twice. Memory is
 * bounded by the blocks kept and the threads that read: a block in use is never dropped, and the
 * memory of a dropped one is used again.
 */
final class FragmentCache {
  private static final int KEPT_BYTES = 8 << 20;
  private static final int KEPT_LEAST = 4;

  private final int blockSize;
  private final int kept;
  private final Loader loader;
  private final Map<Integer, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<byte[]> spare = new ArrayDeque<>();

  /** Unpacks a fragment block. */
  @FunctionalInterface
  interface Loader {
    /** Unpacks all of the block that {@code tail} lies in, and says how many bytes that is. */
    int load(DataBlock tail, ByteBuffer dst) throws IOException;
  }

  /** A block, ready when its size is known. */
  private static final class Slot {
    private final byte[] content;
    private int size = -1;
    private int users;

    Slot(byte[] content) {
      this.content = content;
    }
  }

  FragmentCache(int blockSize, Loader loader) {
    this.blockSize = blockSize;
    this.kept = Math.max(KEPT_LEAST, KEPT_BYTES / blockSize);
    this.loader = loader;
  }

  /** Puts a tail end's content to {@code dst}. */
  void read(DataBlock tail, ByteBuffer dst) throws IOException {
    Slot slot = acquire(tail);
    try {
      if (tail.skip() + tail.size() > slot.size) {
        throw new SquashfsException(
            "fragment " + tail.fragment().getAsInt(),
            tail.offset(),
            "unpacks to %d bytes, but a tail end of %d starts at %d"
                .formatted(slot.size, tail.size(), tail.skip()));
      }
      dst.put(slot.content, tail.skip(), tail.size());
    } finally {
      release(slot);
    }
  }

  private Slot acquire(DataBlock tail) throws IOException {
    int index = tail.fragment().getAsInt();
    Slot mine;
    synchronized (this) {
      Slot known = known(index);
      if (known != null) {
        known.users++;
        return known;
      }
      mine = newSlot();
      mine.users = 1;
      slots.put(index, mine);
    }
    int size = -1;
    try {
      size = loader.load(tail, ByteBuffer.wrap(mine.content, 0, blockSize));
    } finally {
      loaded(index, mine, size);
    }
    return mine;
  }

  /** Makes a block known; one that failed is forgotten, and those who waited try themselves. */
  private synchronized void loaded(int index, Slot slot, int size) {
    slot.size = size;
    if (size < 0) {
      slots.remove(index);
      spare.push(slot.content);
    }
    notifyAll();
  }

  private synchronized void release(Slot slot) {
    slot.users--;
  }

  /** The block, once whoever is unpacking it is done; nothing if nobody has it, or it failed. */
  private synchronized @Nullable Slot known(int index) throws IOException {
    try {
      Slot slot = slots.get(index);
      while (slot != null && slot.size < 0) {
        wait();
        slot = slots.get(index);
      }
      return slot;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while another thread unpacks a fragment");
    }
  }

  /** Room for one block more; the blocks used longest ago make it, if nobody reads them now. */
  private Slot newSlot() {
    Iterator<Slot> oldest = slots.values().iterator();
    for (int over = slots.size() + 1 - kept; over > 0 && oldest.hasNext(); ) {
      Slot slot = oldest.next();
      if (slot.users == 0) {
        oldest.remove();
        spare.push(slot.content);
        over--;
      }
    }
    return new Slot(spare.isEmpty() ? new byte[blockSize] : spare.pop());
  }
}
