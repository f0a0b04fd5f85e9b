package dev.tiu.verity;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;

/**
 * The dm-verity superblock in front of a hash tree: version 1, hash type 1, 512 bytes.
 *
 * <p>Numbers are little endian, the UUID is big endian. The layout is cryptsetup's ({@code struct
 * verity_sb} in {@code lib/verity/verity.c}):
 *
 * <pre>
 *   0  8    "verity\0\0"
 *   8  4    version, 1
 *  12  4    hash type, 1
 *  16 16    UUID
 *  32 32    algorithm, "sha256", padded with NUL
 *  64  4    data block size
 *  68  4    hash block size
 *  72  8    data blocks
 *  80  2    salt size
 *  82  6    zeros
 *  88 256   salt, padded with zeros
 * 344 168   zeros
 * </pre>
 */
public record Superblock(VerityParameters parameters, UUID uuid) {
  /** Bytes of a superblock; the tree starts at the next multiple of the hash block size. */
  public static final int SIZE = 512;

  private static final byte[] MAGIC = {'v', 'e', 'r', 'i', 't', 'y', 0, 0};
  private static final byte[] SHA256 = Arrays.copyOf("sha256".getBytes(US_ASCII), 32);
  private static final int SALT_OFFSET = 88;

  /** Puts {@link #SIZE} bytes. */
  public void writeTo(ByteBuffer dst) {
    byte[] salt = parameters.salt();
    ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putInt(1).putInt(1);
    out.order(ByteOrder.BIG_ENDIAN);
    out.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    out.order(ByteOrder.LITTLE_ENDIAN);
    out.put(SHA256);
    out.putInt(parameters.dataBlockSize()).putInt(parameters.hashBlockSize());
    out.putLong(parameters.dataBlocks());
    out.putShort((short) salt.length);
    out.position(SALT_OFFSET).put(salt);
    dst.put(out.clear());
  }

  /**
   * Takes {@link #SIZE} bytes.
   *
   * @throws VerityException if they aren't a superblock, or one of a kind that isn't used here
   */
  public static Superblock parse(ByteBuffer src) throws VerityException {
    if (src.remaining() < SIZE) {
      throw new VerityException(
          "a dm-verity superblock has 512 bytes, there are only " + src.remaining());
    }
    byte[] bytes = new byte[SIZE];
    src.get(bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (!startsWith(in, MAGIC)) {
      throw new VerityException("no dm-verity superblock: the magic \"verity\" is missing");
    }
    expect("version", 1, in.getInt(8));
    expect("hash type", 1, in.getInt(12));
    if (!startsWith(in.position(32).slice(), SHA256)) {
      throw new VerityException("dm-verity superblock: the hash algorithm isn't sha256");
    }
    expect("data block size", VerityParameters.BLOCK_SIZE, in.getInt(64));
    expect("hash block size", VerityParameters.BLOCK_SIZE, in.getInt(68));
    long dataBlocks = in.getLong(72);
    if (dataBlocks < 1 || dataBlocks > VerityParameters.MAX_DATA_BLOCKS) {
      throw new VerityException(
          "dm-verity superblock: the number of data blocks is "
              + Long.toUnsignedString(dataBlocks)
              + ", it must be 1 to "
              + VerityParameters.MAX_DATA_BLOCKS);
    }
    int saltSize = Short.toUnsignedInt(in.getShort(80));
    if (saltSize > VerityParameters.MAX_SALT_SIZE) {
      throw new VerityException(
          "dm-verity superblock: the salt size is " + saltSize + ", at most 256 is possible");
    }
    byte[] salt = Arrays.copyOfRange(bytes, SALT_OFFSET, SALT_OFFSET + saltSize);
    in.order(ByteOrder.BIG_ENDIAN);
    UUID uuid = new UUID(in.getLong(16), in.getLong(24));
    return new Superblock(
        VerityParameters.forSize(dataBlocks * VerityParameters.BLOCK_SIZE, salt), uuid);
  }

  private static boolean startsWith(ByteBuffer buffer, byte[] prefix) {
    return buffer.slice(0, prefix.length).equals(ByteBuffer.wrap(prefix));
  }

  private static void expect(String what, int expected, int found) throws VerityException {
    if (expected != found) {
      throw new VerityException(
          "dm-verity superblock: the "
              + what
              + " is "
              + Integer.toUnsignedString(found)
              + ", only "
              + expected
              + " is supported");
    }
  }
}
