package dev.tiu.verity;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What shapes a dm-verity hash tree: SHA-256, hash type 1 (salt before data), one size of blocks
 * for data and hashes, and these.
 *
 * @param dataBlockSize in bytes; always {@link #BLOCK_SIZE} in format 1
 * @param hashBlockSize in bytes; always {@link #BLOCK_SIZE} in format 1
 * @param dataBlocks how many blocks the data has, 1 to {@link #MAX_DATA_BLOCKS}
 * @param salt 0 to 256 bytes; copied on the way in and out
 */
@SuppressWarnings("ArrayRecordComponent") // copied at the border, compared by content
public record VerityParameters(int dataBlockSize, int hashBlockSize, long dataBlocks, byte[] salt) {
  /** Bytes of a data block and of a hash block. */
  public static final int BLOCK_SIZE = 4096;

  /** Bytes of a SHA-256 digest. */
  public static final int DIGEST_SIZE = 32;

  /** Most data blocks: 128 GiB of data, whose tree of 1 GiB still fits into memory. */
  public static final long MAX_DATA_BLOCKS = 1L << 25;

  /** Longest salt that the superblock has room for. */
  public static final int MAX_SALT_SIZE = 256;

  public VerityParameters {
    salt = salt.clone();
    if (dataBlockSize != BLOCK_SIZE || hashBlockSize != BLOCK_SIZE) {
      throw new IllegalArgumentException(
          "blocks must have 4096 bytes: data " + dataBlockSize + ", hash " + hashBlockSize);
    }
    if (dataBlocks < 1 || dataBlocks > MAX_DATA_BLOCKS) {
      throw new IllegalArgumentException(
          "data blocks must be 1 to " + MAX_DATA_BLOCKS + ": " + dataBlocks);
    }
    if (salt.length > MAX_SALT_SIZE) {
      throw new IllegalArgumentException("the salt has more than 256 bytes: " + salt.length);
    }
  }

  /** The parameters for {@code dataSize} bytes, a multiple of {@link #BLOCK_SIZE}. */
  public static VerityParameters forSize(long dataSize, byte[] salt) {
    if (dataSize % BLOCK_SIZE != 0) {
      throw new IllegalArgumentException("the data must be whole blocks of 4096: " + dataSize);
    }
    return new VerityParameters(BLOCK_SIZE, BLOCK_SIZE, dataSize / BLOCK_SIZE, salt);
  }

  @Override
  public byte[] salt() {
    return salt.clone();
  }

  /** Bytes of data. */
  public long dataSize() {
    return dataBlocks * BLOCK_SIZE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerityParameters that
        && dataBlocks == that.dataBlocks
        && Arrays.equals(salt, that.salt);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(dataBlocks) + Arrays.hashCode(salt);
  }

  @Override
  public String toString() {
    return "VerityParameters[dataBlocks="
        + dataBlocks
        + ", salt="
        + HexFormat.of().formatHex(salt)
        + "]";
  }
}
