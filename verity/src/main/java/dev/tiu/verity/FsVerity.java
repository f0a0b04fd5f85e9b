package dev.tiu.verity;

import static dev.tiu.verity.VerityParameters.BLOCK_SIZE;
import static dev.tiu.verity.VerityParameters.DIGEST_SIZE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fs-verity digest of a file's content: SHA-256, Merkle tree blocks of 4096 bytes, no salt.
 *
 * <p>It is the SHA-256 of the kernel's {@code struct fsverity_descriptor} (include/uapi/linux/
 * fsverity.h), which holds the size and the tree's root hash: what {@code fsverity digest} prints,
 * and what FS_IOC_MEASURE_VERITY returns for a file with fs-verity enabled.
 */
public final class FsVerity {
  private static final int BUFFER_SIZE = 128 * 1024;

  private FsVerity() {}

  /** The digest of everything that the stream still has, which is read to its end. */
  public static byte[] digest(InputStream content) throws IOException {
    Digester digester = new Digester();
    byte[] buffer = new byte[BUFFER_SIZE];
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      digester.update(ByteBuffer.wrap(buffer, 0, n));
    }
    return digester.finish();
  }

  /** The digest of these bytes. */
  public static byte[] digest(byte[] content) {
    Digester digester = new Digester();
    digester.update(ByteBuffer.wrap(content));
    return digester.finish();
  }

  /** The digest of the first {@code size} bytes. */
  public static byte[] digest(BlockReader content, long size) throws IOException {
    Digester digester = new Digester();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER_SIZE, size));
    for (long offset = 0; offset < size; offset += buffer.limit()) {
      content.read(offset, buffer.clear().limit((int) Math.min(BUFFER_SIZE, size - offset)));
      digester.update(buffer.flip());
    }
    return digester.finish();
  }

  /**
   * Computes one digest after another from content that comes in pieces of any size; for one thread
   * at a time. Takes a block per level of the tree, 36 KiB at most.
   */
  public static final class Digester {
    /** Levels of digests: 128^9 blocks are more than a file can have. */
    private static final int LEVELS = 9;

    private static final int DESCRIPTOR_SIZE = 256;

    private final MessageDigest sha256 = BlockHasher.sha256();
    private final byte[] block = new byte[BLOCK_SIZE];
    private final byte[] @Nullable [] levels = new byte[LEVELS][];
    private final int[] filled = new int[LEVELS];
    private final boolean[] overflowed = new boolean[LEVELS];
    private final byte[] digest = new byte[DIGEST_SIZE];
    private final byte[] @Nullable [] zeros = new byte[LEVELS][];
    private int pending;
    private long size;

    /** Takes all that {@code content} has; a heap buffer's whole blocks are not copied. */
    public void update(ByteBuffer content) {
      size = Math.addExact(size, content.remaining());
      while (content.hasRemaining()) {
        if (pending == 0 && content.remaining() >= BLOCK_SIZE && content.hasArray()) {
          hashBlock(content.array(), content.arrayOffset() + content.position());
          content.position(content.position() + BLOCK_SIZE);
          continue;
        }
        int n = Math.min(BLOCK_SIZE - pending, content.remaining());
        content.get(block, pending, n);
        append(n);
      }
    }

    /** Takes that many zero bytes: a hole costs next to nothing, however long it is. */
    public void updateZeros(long count) {
      if (count < 0) {
        throw new IllegalArgumentException("a hole of " + count + " bytes");
      }
      size = Math.addExact(size, count);
      long left = count;
      if (pending > 0) {
        left -= appendZeros(Math.min(BLOCK_SIZE - pending, left));
      }
      while (left >= BLOCK_SIZE) {
        left -= addZeroSubtree(left);
      }
      appendZeros(left);
    }

    /** The digest of all that came since the last one; then the digester is as new. */
    public byte[] finish() {
      byte[] descriptor = new byte[DESCRIPTOR_SIZE];
      ByteBuffer out = ByteBuffer.wrap(descriptor).order(ByteOrder.LITTLE_ENDIAN);
      out.put((byte) 1); // version
      out.put((byte) 1); // FS_VERITY_HASH_ALG_SHA256
      out.put((byte) 12); // log2 of the block size
      out.put((byte) 0).putInt(0); // no salt, no signature
      out.putLong(size);
      if (size > 0) {
        out.put(rootHash()); // an empty file's stays all zeros
      }
      sha256.update(descriptor);
      reset();
      return sha256.digest();
    }

    /** Forgets all that came since the last digest. */
    public void reset() {
      pending = 0;
      size = 0;
      Arrays.fill(filled, 0);
      Arrays.fill(overflowed, false);
    }

    private long appendZeros(long count) {
      Arrays.fill(block, pending, pending + (int) count, (byte) 0);
      append((int) count);
      return count;
    }

    private void append(int count) {
      pending += count;
      if (pending == BLOCK_SIZE) {
        pending = 0;
        hashBlock(block, 0);
      }
    }

    private void hashBlock(byte[] source, int offset) {
      sha256.update(source, offset, BLOCK_SIZE);
      BlockHasher.finish(sha256, digest, 0);
      add(0, digest);
    }

    /** Puts a digest at the end of a level; a full block of them becomes one of the next level. */
    private void add(int level, byte[] hash) {
      byte[] hashes = level(level);
      System.arraycopy(hash, 0, hashes, filled[level] * DIGEST_SIZE, DIGEST_SIZE);
      filled[level]++;
      if (filled[level] == TreeLayout.FANOUT) {
        flush(level);
      }
    }

    private void flush(int level) {
      sha256.update(level(level));
      BlockHasher.finish(sha256, digest, 0);
      filled[level] = 0;
      overflowed[level] = true;
      add(level + 1, digest);
    }

    private byte[] level(int level) {
      byte[] hashes = levels[level];
      if (hashes == null) {
        hashes = new byte[BLOCK_SIZE];
        levels[level] = hashes;
      }
      return hashes;
    }

    /** Adds the highest whole subtree of zeros that fits here; returns how many bytes it covers. */
    private long addZeroSubtree(long most) {
      int level = 0;
      long span = BLOCK_SIZE;
      while (filled[level] == 0 && most / TreeLayout.FANOUT >= span) {
        overflowed[level] = true;
        span *= TreeLayout.FANOUT;
        level++;
      }
      add(level, zeroDigest(level));
      return span;
    }

    /** The digest of a block of zeros, or of a block full of the digests of the level below. */
    private byte[] zeroDigest(int level) {
      byte[] known = zeros[level];
      if (known != null) {
        return known;
      }
      byte[] content = new byte[BLOCK_SIZE];
      if (level > 0) {
        byte[] below = zeroDigest(level - 1);
        for (int i = 0; i < BLOCK_SIZE; i += DIGEST_SIZE) {
          System.arraycopy(below, 0, content, i, DIGEST_SIZE);
        }
      }
      byte[] hash = sha256.digest(content);
      zeros[level] = hash;
      return hash;
    }

    /** Ends each level from the bottom up until one has a single digest. */
    private byte[] rootHash() {
      if (pending > 0) {
        Arrays.fill(block, pending, BLOCK_SIZE, (byte) 0);
        pending = 0;
        hashBlock(block, 0);
      }
      int level = 0;
      while (overflowed[level] || filled[level] != 1) {
        if (filled[level] > 0) {
          Arrays.fill(level(level), filled[level] * DIGEST_SIZE, BLOCK_SIZE, (byte) 0);
          flush(level);
        }
        level++;
      }
      return Arrays.copyOf(level(level), DIGEST_SIZE);
    }
  }
}
