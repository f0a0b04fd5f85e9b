package dev.tiu.bundle.delta;

import dev.tiu.bundle.ContentDigest;

/**
 * A part of a file that the device has already.
 *
 * @param digest the fs-verity digest of the whole file, by which it is found
 * @param fileSize of the whole file, in bytes
 * @param offset from the start of that file, in bytes
 * @param length in bytes, {@link #MIN_LENGTH} to {@link #MAX_LENGTH}
 */
public record OldRange(ContentDigest digest, long fileSize, long offset, int length) {
  /** zstd takes no shorter dictionary. */
  public static final int MIN_LENGTH = 8;

  /** Bounds what a device needs to apply a patch. */
  public static final int MAX_LENGTH = 16 << 20;

  /** Checks that the range lies in the file. */
  public OldRange {
    if (length < MIN_LENGTH
        || length > MAX_LENGTH
        || offset < 0
        || offset > fileSize
        || length > fileSize - offset) {
      throw new IllegalArgumentException(
          length + " bytes at offset " + offset + " of an old file of " + fileSize + " bytes");
    }
  }
}
