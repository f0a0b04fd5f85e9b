package dev.tiu.bundle.squashfs;

import java.nio.ByteBuffer;

/** Unpacks the blocks of one compressor, one after the other; not for several threads at once. */
interface Decompressor extends AutoCloseable {

  /**
   * Unpacks all of {@code packed} to {@code content}, whose position moves by what was unpacked.
   * The packed buffer's position is left anywhere.
   *
   * @throws CorruptBlockException if the block is damaged, or unpacks to more than {@code content}
   *     has room for
   */
  void unpack(ByteBuffer packed, ByteBuffer content) throws CorruptBlockException;

  /** Whether packed bytes may lie in a direct buffer. */
  default boolean takesDirect() {
    return false;
  }

  @Override
  default void close() {}

  static Decompressor of(Compressor compressor) {
    return switch (compressor) {
      case GZIP -> new ZlibDecompressor();
      case LZO -> new LzoDecompressor();
      case XZ -> new XzDecompressor();
      case LZ4 -> new Lz4Decompressor();
      case ZSTD -> new ZstdDecompressor();
    };
  }
}
