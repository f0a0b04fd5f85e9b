package dev.tiu.bundle.squashfs;

import java.io.IOException;

/**
 * An image that isn't a sound squashfs: which structure is wrong, where, and how.
 *
 * <p>The offset is in bytes from the start of the image. For something inside a metadata block it
 * is the offset of that block's two-byte header, and the message says how far into its unpacked
 * content.
 */
public final class SquashfsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String structure;
  private final long offset;

  SquashfsException(String structure, long offset, String problem) {
    super("squashfs " + structure + " at offset " + offset + ": " + problem);
    this.structure = structure;
    this.offset = offset;
  }

  SquashfsException(String structure, long offset, String problem, Throwable cause) {
    this(structure, offset, problem);
    initCause(cause);
  }

  /** The structure that is wrong, in the format's terms: {@code superblock}, {@code inode 17}. */
  public String structure() {
    return structure;
  }

  /** Where it lies, in bytes from the start of the image. */
  public long offset() {
    return offset;
  }
}
