package dev.tiu.bundle.squashfs;

import dev.tiu.verity.BlockReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a compressor was told, behind the superblock when {@link Superblock#FLAG_COMPRESSOR_OPTIONS}
 * is set.
 *
 * <p>It is a metadata block that is stored as it is. Unpacking needs nothing of it, since the
 * blocks say themselves what they need, but it says what the image was made with, and where data
 * starts.
 */
final class CompressorOptions {
  private static final String NAME = "compressor options";
  private static final int HEADER_SIZE = 2;
  private static final int PLAIN_BIT = 1 << 15;
  private static final int LZ4_LEGACY = 1;

  private CompressorOptions() {}

  /**
   * Checks the options.
   *
   * @return where data may start: behind them, or behind the superblock if there are none
   */
  static long check(BlockReader image, Superblock superblock) throws IOException {
    Compressor compressor = superblock.compressor();
    if ((superblock.flags() & Superblock.FLAG_COMPRESSOR_OPTIONS) == 0) {
      if (compressor == Compressor.LZ4) {
        throw fault("lz4 needs them, but the superblock says there are none");
      }
      return Superblock.SIZE;
    }
    int size = compressor.optionsSize();
    long end = (long) Superblock.SIZE + HEADER_SIZE + size;
    if (end > superblock.inodeTable()) {
      throw fault("run into the inode table at " + superblock.inodeTable());
    }
    byte[] bytes = new byte[HEADER_SIZE + size];
    image.read(Superblock.SIZE, ByteBuffer.wrap(bytes));
    int header = LittleEndian.u16(bytes, 0);
    if (header != (PLAIN_BIT | size)) {
      throw fault(
          "header is %04x, expected %04x for %s".formatted(header, PLAIN_BIT | size, compressor));
    }
    int first = LittleEndian.i32(bytes, HEADER_SIZE);
    if (compressor == Compressor.LZ4 && first != LZ4_LEGACY) {
      throw fault("lz4 version is " + Integer.toUnsignedString(first) + ", expected 1");
    }
    return end;
  }

  private static SquashfsException fault(String problem) {
    return new SquashfsException(NAME, Superblock.SIZE, problem);
  }
}
