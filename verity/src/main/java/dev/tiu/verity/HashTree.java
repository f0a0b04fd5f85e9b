package dev.tiu.verity;

import static dev.tiu.verity.VerityParameters.BLOCK_SIZE;
import static dev.tiu.verity.VerityParameters.DIGEST_SIZE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.UUID;

/**
 * A dm-verity hash tree, byte for byte what {@code veritysetup format} writes for SHA-256 and
 * blocks of 4096 bytes.
 *
 * <p>The data is read once, in large pieces, by several threads; the tree (1/127 of the data) is
 * kept in memory. The format is the kernel's ({@code Documentation/admin-guide/device-mapper/
 * verity.rst}), with cryptsetup's {@link Superblock} in front.
 */
public final class HashTree {
  private final Superblock superblock;
  private final TreeLayout layout;
  private final byte[][] levels;
  private final byte[] rootHash;

  private HashTree(Superblock superblock, TreeLayout layout, byte[][] levels, byte[] rootHash) {
    this.superblock = superblock;
    this.layout = layout;
    this.levels = levels;
    this.rootHash = rootHash;
  }

  /**
   * Reads all of {@code data} once and builds its tree.
   *
   * @param dataSize in bytes, a multiple of 4096, at least one block
   * @param threads how many read and digest at once
   * @throws IOException what {@code data} throws, from whichever thread
   */
  public static HashTree build(BlockReader data, long dataSize, byte[] salt, UUID uuid, int threads)
      throws IOException {
    VerityParameters parameters = VerityParameters.forSize(dataSize, salt);
    TreeLayout layout = new TreeLayout(parameters.dataBlocks());
    byte[][] levels = new byte[layout.levels()][];
    byte[] rootHash = new byte[DIGEST_SIZE];
    try (LevelHasher hasher = new LevelHasher(parameters.salt(), threads)) {
      BlockReader below = data;
      long count = parameters.dataBlocks();
      for (int level = 1; level <= layout.levels(); level++) {
        byte[] digests = new byte[layout.count(level) * BLOCK_SIZE];
        hasher.hash(below, count, digests);
        levels[level - 1] = digests;
        below = BlockReader.of(digests);
        count = layout.count(level);
      }
      hasher.hash(below, 1, rootHash);
    }
    return new HashTree(new Superblock(parameters, uuid), layout, levels, rootHash);
  }

  /** The digest that pins all of the data; the caller's own copy. */
  public byte[] rootHash() {
    return rootHash.clone();
  }

  public Superblock superblock() {
    return superblock;
  }

  /** Bytes that {@link #writeTo} writes. */
  public long sizeOnDisk() {
    return (long) layout.blocks() * BLOCK_SIZE;
  }

  /** Bytes of the tree of that many data blocks, the superblock's block included. */
  public static long sizeOnDisk(long dataBlocks) {
    return (long) new TreeLayout(dataBlocks).blocks() * BLOCK_SIZE;
  }

  /** Writes the superblock, padded to one hash block, and the levels, top first. */
  public void writeTo(WritableByteChannel channel) throws IOException {
    ByteBuffer first = ByteBuffer.allocate(BLOCK_SIZE);
    superblock.writeTo(first);
    writeFully(channel, first.clear());
    for (int level = layout.levels(); level >= 1; level--) {
      writeFully(channel, ByteBuffer.wrap(levels[level - 1]));
    }
  }

  private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
