package dev.tiu.bundle;

import java.util.Arrays;

/**
 * The fs-verity digest of every regular file's content, by squashfs inode number.
 *
 * <p>Entry {@code n - 1} of 32 bytes belongs to inode {@code n}, counted from 1 as squashfs counts
 * them. What isn't a regular file has zeros. The digest is the kernel's fs-verity file digest for
 * SHA-256, 4096-byte blocks and no salt, the one that {@code fsverity digest} prints.
 */
public final class ContentTable {
  /** Bytes per inode. */
  public static final int ENTRY = 32;

  private final byte[] table;

  private ContentTable(byte[] table) {
    this.table = table;
  }

  /** A table of these bytes, which must not change any more. */
  static ContentTable of(byte[] table) {
    if (table.length % ENTRY != 0) {
      throw new IllegalArgumentException(table.length + " bytes are no content table");
    }
    return new ContentTable(table);
  }

  /** How many inodes it is for. */
  public int inodes() {
    return table.length / ENTRY;
  }

  /**
   * The digest of a regular file's content; zeros for anything else. The caller's own copy.
   *
   * @param inode from 1 to {@link #inodes()}
   */
  public byte[] digest(int inode) {
    int start = start(inode);
    return Arrays.copyOfRange(table, start, start + ENTRY);
  }

  /** Whether a content with this digest is what the inode should have. */
  public boolean matches(int inode, byte[] digest) {
    int start = start(inode);
    return Arrays.equals(table, start, start + ENTRY, digest, 0, digest.length);
  }

  /** All entries one after the other; the caller's own copy. */
  public byte[] toArray() {
    return table.clone();
  }

  private int start(int inode) {
    if (inode < 1 || inode > inodes()) {
      throw new IndexOutOfBoundsException(
          "inode " + inode + " of an image with " + inodes() + " inodes");
    }
    return (inode - 1) * ENTRY;
  }
}
