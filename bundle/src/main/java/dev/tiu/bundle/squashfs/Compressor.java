package dev.tiu.bundle.squashfs;

/** How an image's blocks are compressed: the superblock's {@code compression} field. */
public enum Compressor {
  GZIP(1, 8),
  LZO(3, 8),
  XZ(4, 8),
  LZ4(5, 8),
  ZSTD(6, 4);

  private final int id;
  private final int optionsSize;

  Compressor(int id, int optionsSize) {
    this.id = id;
    this.optionsSize = optionsSize;
  }

  /** The number in the superblock. */
  public int id() {
    return id;
  }

  /** Bytes of this compressor's options, when the image carries them. */
  int optionsSize() {
    return optionsSize;
  }

  static Compressor ofId(int id) throws SquashfsException {
    for (Compressor compressor : values()) {
      if (compressor.id == id) {
        return compressor;
      }
    }
    String known = "gzip (1), lzo (3), xz (4), lz4 (5) and zstd (6)";
    String found = id == 2 ? "lzma (2), which squashfs 4.0 kernels don't read" : "number " + id;
    throw new SquashfsException(
        "superblock", 20, "compressor is " + found + "; supported are " + known);
  }
}
