package dev.tiu.verity;

import static dev.tiu.verity.VerityParameters.BLOCK_SIZE;
import static dev.tiu.verity.VerityParameters.DIGEST_SIZE;

/**
 * Where each level of a dm-verity tree lies, counted in hash blocks from the superblock's.
 *
 * <p>The superblock takes block 0; the top level, always one block, follows it, and the level right
 * above the data (level 1) comes last. Data of a single block has no levels at all: the root hash
 * is the digest of the data block itself.
 */
final class TreeLayout {
  /** Digests in a hash block. */
  static final int FANOUT = BLOCK_SIZE / DIGEST_SIZE;

  private final int[] counts;
  private final int[] starts;
  private final int blocks;

  TreeLayout(long dataBlocks) {
    int levels = 0;
    for (long n = dataBlocks; n > 1; n = parents(n)) {
      levels++;
    }
    counts = new int[levels];
    starts = new int[levels];
    long n = dataBlocks;
    for (int i = 0; i < levels; i++) {
      n = parents(n);
      counts[i] = Math.toIntExact(n);
    }
    int next = 1;
    for (int i = levels - 1; i >= 0; i--) {
      starts[i] = next;
      next += counts[i];
    }
    blocks = next;
  }

  private static long parents(long blocks) {
    return (blocks + FANOUT - 1) / FANOUT;
  }

  /** The number of hash levels; the top one's number too, as they count from 1. */
  int levels() {
    return counts.length;
  }

  /** Hash blocks of a level. */
  int count(int level) {
    return counts[level - 1];
  }

  /** The number of a level's first block. */
  int start(int level) {
    return starts[level - 1];
  }

  /** The level that a block belongs to; not for the superblock's. */
  int level(int number) {
    int level = 1;
    while (starts[level - 1] > number) {
      level++;
    }
    return level;
  }

  /** All blocks, the superblock's too. */
  int blocks() {
    return blocks;
  }
}
