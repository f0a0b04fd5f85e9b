package dev.tiu.bundle.squashfs;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Decompressors with room for a packed block, lent to one thread at a time and kept for the next.
 */
final class UnpackerPool implements AutoCloseable {
  // More threads than this get one of their own that isn't kept.
  private static final int KEPT = 16;

  private final BlockingQueue<Unpacker> idle = new ArrayBlockingQueue<>(KEPT);
  private final Compressor compressor;
  private final int blockSize;

  UnpackerPool(Compressor compressor, int blockSize) {
    this.compressor = compressor;
    this.blockSize = blockSize;
  }

  /** A decompressor and its buffer for packed bytes. */
  static final class Unpacker {
    private final Decompressor decompressor;
    private final ByteBuffer packed;

    private Unpacker(Decompressor decompressor, int blockSize) {
      this.decompressor = decompressor;
      this.packed =
          decompressor.takesDirect()
              ? ByteBuffer.allocateDirect(blockSize)
              : ByteBuffer.allocate(blockSize);
    }

    Decompressor decompressor() {
      return decompressor;
    }

    /** The buffer, empty, with room for exactly {@code size} bytes. */
    ByteBuffer packed(int size) {
      return packed.clear().limit(size);
    }
  }

  Unpacker take() {
    Unpacker unpacker = idle.poll();
    return unpacker == null ? new Unpacker(Decompressor.of(compressor), blockSize) : unpacker;
  }

  void giveBack(Unpacker unpacker) {
    if (!idle.offer(unpacker)) {
      unpacker.decompressor.close();
    }
  }

  /** Closes those that nobody has borrowed now. */
  @Override
  public void close() {
    for (Unpacker unpacker = idle.poll(); unpacker != null; unpacker = idle.poll()) {
      unpacker.decompressor.close();
    }
  }
}
