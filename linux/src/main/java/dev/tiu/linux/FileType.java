package dev.tiu.linux;

/** What a directory entry is: the S_IFMT part of {@code st_mode} (inode(7)). */
public enum FileType {
  REGULAR(0100000),
  DIRECTORY(0040000),
  SYMLINK(0120000),
  CHARACTER_DEVICE(0020000),
  BLOCK_DEVICE(0060000),
  FIFO(0010000),
  SOCKET(0140000);

  private final int bits;

  FileType(int bits) {
    this.bits = bits;
  }

  /** The type's bits in {@code st_mode}. */
  public int bits() {
    return bits;
  }

  /**
   * The type in a {@code st_mode}.
   *
   * @throws IllegalArgumentException if the bits are no type that Linux has
   */
  public static FileType ofMode(int mode) {
    for (FileType type : values()) {
      if (type.bits == (mode & 0170000)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no file type in mode " + Integer.toOctalString(mode));
  }
}
