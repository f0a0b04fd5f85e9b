package dev.tiu.bundle.squashfs;

import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads blocks of files' content, for several threads at once, without allocating for each. */
final class BlockData implements AutoCloseable {
  private static final byte[] ZEROS = new byte[8192];

  private final BlockReader image;
  private final int blockSize;
  private final UnpackerPool unpackers;
  private final FragmentCache fragments;

  BlockData(BlockReader image, Superblock superblock) {
    this.image = image;
    this.blockSize = superblock.blockSize();
    this.unpackers = new UnpackerPool(superblock.compressor(), blockSize);
    this.fragments = new FragmentCache(blockSize, this::unpackFragment);
  }

  /** Reads a block's content to {@code dst}; on failure its position is where it was. */
  void read(DataBlock block, ByteBuffer dst) throws IOException {
    if (dst.remaining() < block.size()) {
      throw new IllegalArgumentException(
          "room for %d bytes, block has %d".formatted(dst.remaining(), block.size()));
    }
    int start = dst.position();
    int limit = dst.limit();
    dst.limit(start + block.size());
    boolean done = false;
    try {
      if (block.hole()) {
        zeros(dst);
      } else if (block.fragment().isPresent()) {
        fragments.read(block, dst);
      } else {
        readOwn(block, dst);
      }
      done = true;
    } finally {
      dst.limit(limit);
      if (!done) {
        dst.position(start);
      }
    }
  }

  private static void zeros(ByteBuffer dst) {
    while (dst.hasRemaining()) {
      dst.put(ZEROS, 0, Math.min(ZEROS.length, dst.remaining()));
    }
  }

  private void readOwn(DataBlock block, ByteBuffer dst) throws IOException {
    unpack("data block", block, dst);
    if (dst.hasRemaining()) {
      int unpacked = block.size() - dst.remaining();
      throw new SquashfsException(
          "data block",
          block.offset(),
          "unpacks to " + unpacked + " bytes, expected " + block.size());
    }
  }

  private int unpackFragment(DataBlock block, ByteBuffer dst) throws IOException {
    unpack("fragment " + block.fragment().getAsInt(), block, dst);
    return dst.position();
  }

  /** Reads the stored bytes and unpacks them to at most {@code dst}'s room. */
  private void unpack(String what, DataBlock block, ByteBuffer dst) throws IOException {
    if (block.storedSize() > blockSize) {
      throw new SquashfsException(
          what,
          block.offset(),
          block.storedSize() + " stored bytes, more than a block's " + blockSize);
    }
    if (!block.compressed()) {
      int limit = dst.limit();
      image.read(block.offset(), dst.limit(dst.position() + block.storedSize()));
      dst.limit(limit);
      return;
    }
    UnpackerPool.Unpacker unpacker = unpackers.take();
    try {
      ByteBuffer packed = unpacker.packed(block.storedSize());
      image.read(block.offset(), packed);
      unpacker.decompressor().unpack(packed.flip(), dst);
    } catch (CorruptBlockException e) {
      throw new SquashfsException(
          what, block.offset(), "doesn't unpack to a block: " + e.getMessage(), e);
    } finally {
      unpackers.giveBack(unpacker);
    }
  }

  @Override
  public void close() {
    unpackers.close();
  }
}
