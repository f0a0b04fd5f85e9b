package dev.tiu.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that can't be used after its end, nor end while it is used.
 *
 * <p>A thread that closes it while another is in a call leaves the closing to that call's end:
 * otherwise the number could already mean another file when the call gets to the kernel.
 */
final class Descriptor {
  private static final int OPEN = 1 << 30;

  private final int fd;
  private final Label label;

  /** {@link #OPEN} plus the number of calls under way. */
  private final AtomicInteger state = new AtomicInteger(OPEN);

  Descriptor(int fd, Label label) {
    this.fd = fd;
    this.label = label;
  }

  Label label() {
    return label;
  }

  /** The number, good until {@link #release()}. */
  int acquire() {
    while (true) {
      int now = state.get();
      if ((now & OPEN) == 0) {
        throw new IllegalStateException("already closed: " + label);
      }
      if (state.compareAndSet(now, now + 1)) {
        return fd;
      }
    }
  }

  void release() {
    if (state.decrementAndGet() == 0) {
      closeNow();
    }
  }

  /** Ends it, at once or with the last call under way; a second time does nothing. */
  void close() {
    int before = state.getAndUpdate(now -> now & ~OPEN);
    if (before == OPEN) {
      closeNow();
    }
  }

  private void closeNow() {
    // What close(2) reports came too late for anyone; who must know has called fsync(2).
    int unused = LibC.close(fd);
  }
}
