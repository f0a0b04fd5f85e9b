package dev.tiu.boot.packed;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** What the kernel can unpack, told by the first bytes as {@code lib/decompress.c} does. */
public enum Packing {
  GZIP("1f8b"),
  XZ("fd377a585a00"),
  ZSTD("28b52ffd"),
  /** As {@code lz4 -l} writes it. */
  LZ4("02214c18"),
  BZIP2("425a68"),
  LZMA("5d0000"),
  /** As {@code lzop} writes it; told, and not read. */
  LZO("894c5a4f");

  /** Of the longest of them. */
  public static final int MAGIC_SIZE = 6;

  /** The kernel's own limit on a dictionary that it allocates is less. */
  private static final int MOST_KIB = 160 << 10;

  private static final int BUFFER = 1 << 16;

  private final String magic;

  Packing(String magic) {
    this.magic = magic;
  }

  /** By the first bytes; empty if they are none of these. */
  public static Optional<Packing> of(byte[] start) {
    return Arrays.stream(values()).filter(packing -> packing.begins(start, 0)).findFirst();
  }

  /** Whether such a stream may begin there. */
  public boolean begins(byte[] bytes, int offset) {
    int end = offset + magic.length() / 2;
    return end <= bytes.length && HexFormat.of().formatHex(bytes, offset, end).equals(magic);
  }

  /**
   * Unpacks; the stream may be read beyond the end of what is packed.
   *
   * @throws IOException if it is damaged or wants more than 160 MiB of memory, also while reading
   */
  public InputStream open(InputStream packed) throws IOException {
    try {
      return new Unpacked(name(), raw(packed));
    } catch (RuntimeException e) {
      throw Unpacked.damaged(name(), e);
    }
  }

  private InputStream raw(InputStream packed) throws IOException {
    return switch (this) {
      case GZIP -> new GZIPInputStream(packed, BUFFER);
      case XZ -> new XZInputStream(packed, MOST_KIB);
      case ZSTD -> new ZstdInputStream(packed);
      case LZ4 -> new Lz4Input(packed);
      case BZIP2 -> new BZip2CompressorInputStream(packed);
      case LZMA -> new LZMAInputStream(packed, MOST_KIB);
      case LZO -> throw new IOException("compressed by lzop, which tiu doesn't read");
    };
  }
}
