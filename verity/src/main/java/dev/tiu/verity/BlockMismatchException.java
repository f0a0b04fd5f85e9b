package dev.tiu.verity;

/**
 * A block's SHA-256 differs from the one above it in the hash tree: the file is damaged or was
 * changed.
 */
public final class BlockMismatchException extends VerityException {
  private static final long serialVersionUID = 1L;

  private final int level;
  private final long offset;
  private final String expected;
  private final String found;

  BlockMismatchException(int level, long offset, String expected, String found) {
    super(
        (level == 0
                ? "data block at offset " + offset
                : "hash tree block of level " + level + " at offset " + offset + " of the tree")
            + " is damaged or was changed: its SHA-256 should be "
            + expected
            + " and is "
            + found);
    this.level = level;
    this.offset = offset;
    this.expected = expected;
    this.found = found;
  }

  /** 0 for a block of the data, 1 for the hash blocks right above the data, and so on up. */
  public int level() {
    return level;
  }

  /** Where the block starts, in bytes: in the data, or from the superblock's start in the tree. */
  public long offset() {
    return offset;
  }

  /** The digest that the hash tree has, in hex. */
  public String expected() {
    return expected;
  }

  /** The digest of what was read, in hex. */
  public String found() {
    return found;
  }
}
