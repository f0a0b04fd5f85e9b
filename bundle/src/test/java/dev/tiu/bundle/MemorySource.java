package dev.tiu.bundle;

import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A bundle in memory, called "fuzz". */
public final class MemorySource implements ByteSource {
  private final byte[] bytes;

  /** Of these bytes, which must not change any more. */
  public MemorySource(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public String name() {
    return "fuzz";
  }

  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    BlockReader.of(bytes).read(offset, dst);
  }

  @Override
  public void close() {}
}
