package dev.tiu.verity;

import static dev.tiu.verity.TreeLayout.FANOUT;
import static dev.tiu.verity.VerityParameters.BLOCK_SIZE;
import static dev.tiu.verity.VerityParameters.DIGEST_SIZE;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands out data only after it was checked, block by block, against a dm-verity tree.
 *
 * <p>Safe for many threads, none of which waits for another. Hash blocks are read when first needed
 * or {@linkplain #prefetch before}, checked up to the root hash, and remembered: up to 16 MiB of
 * them, enough for 2 GiB of data read in any order. Besides, each thread that reads at the same
 * time as others holds a buffer of about 1 MiB.
 */
public final class VerifiedBlocks implements BlockReader {
  private static final int MAX_CACHED = 4096;

  /** A whole squashfs block of the largest size, wherever it starts, takes one read. */
  private static final int PIECE_SIZE = (1 << 20) + 2 * BLOCK_SIZE;

  /** Most hash blocks in one read when many are known to be needed: 1 MiB. */
  private static final int MAX_RUN = 256;

  /** Most hash blocks that are read together when one of them is needed now. */
  private static final int MAX_AHEAD = 32;

  private final BlockReader data;
  private final BlockReader tree;
  private final long size;
  private final byte[] salt;
  private final byte[] rootHash;
  private final TreeLayout layout;
  private final AtomicReferenceArray<@Nullable CheckedBlock> cache;
  private final ConcurrentLinkedQueue<Workspace> idle = new ConcurrentLinkedQueue<>();

  /** Numbers of hash blocks that will be needed; never changed, only replaced. */
  private volatile BitSet expected = new BitSet();

  /**
   * Data and its tree, neither of them trusted; what is trusted are the last two.
   *
   * @param tree starts with the superblock, which isn't read
   * @param parameters must come from whoever vouches for the root hash
   */
  public VerifiedBlocks(
      BlockReader data, BlockReader tree, VerityParameters parameters, byte[] rootHash) {
    this(data, tree, parameters, rootHash, MAX_CACHED);
  }

  /** The same with room for that many hash blocks. */
  VerifiedBlocks(
      BlockReader data,
      BlockReader tree,
      VerityParameters parameters,
      byte[] rootHash,
      int maxCached) {
    if (rootHash.length != DIGEST_SIZE) {
      throw new IllegalArgumentException("a root hash has 32 bytes, not " + rootHash.length);
    }
    this.data = data;
    this.tree = tree;
    this.size = parameters.dataSize();
    this.salt = parameters.salt();
    this.rootHash = rootHash.clone();
    this.layout = new TreeLayout(parameters.dataBlocks());
    this.cache = new AtomicReferenceArray<>(Math.min(layout.blocks(), maxCached));
  }

  /** Bytes of data. */
  public long size() {
    return size;
  }

  /**
   * Fills {@code dst} with checked data from any offset. When it fails, {@code dst} may have been
   * written to, but never holds a byte that wasn't checked, and its position stays.
   *
   * @throws BlockMismatchException if a block on the way isn't what the tree says
   * @throws EOFException if the range reaches past the data
   */
  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    int length = dst.remaining();
    if (offset < 0 || offset > size - length) {
      throw new EOFException(
          length + " bytes at offset " + offset + " reach past the data's " + size + " bytes");
    }
    int start = dst.position();
    Workspace workspace = workspace();
    boolean done = false;
    try {
      if (offset % BLOCK_SIZE == 0 && length % BLOCK_SIZE == 0) {
        readWhole(offset, dst, workspace);
      } else {
        readPart(offset, dst, workspace);
      }
      done = true;
    } finally {
      if (!done) {
        dst.position(start);
      }
      idle.add(workspace);
    }
  }

  private Workspace workspace() {
    Workspace polled = idle.poll();
    return polled == null ? new Workspace(salt) : polled;
  }

  /**
   * Reads the hash blocks that these parts of the data need, in few large reads, and remembers them
   * as far as there is room. Those beyond are read later, but also several at a time.
   *
   * @param announced is told before what of the tree will be read, from the superblock's start
   * @throws BlockMismatchException if one of them isn't what the tree above it says
   */
  public void prefetch(List<ByteRange> dataRanges, Consumer<List<ByteRange>> announced)
      throws IOException {
    BitSet needed = new BitSet();
    for (ByteRange range : treeRanges(dataRanges)) {
      needed.set((int) (range.offset() / BLOCK_SIZE), (int) (range.end() / BLOCK_SIZE));
    }
    synchronized (this) {
      BitSet all = (BitSet) expected.clone();
      all.or(needed);
      expected = all;
    }
    List<Run> runs = runs(needed);
    announced.accept(runs.stream().map(Run::range).toList());
    Workspace workspace = workspace();
    try {
      // Upper levels have the lower numbers, so each block finds the one above it checked already.
      for (Run run : runs) {
        load(run, workspace);
      }
    } finally {
      idle.add(workspace);
    }
  }

  /** Hash blocks that lie side by side. */
  private record Run(int first, int end) {
    ByteRange range() {
      return ByteRange.between((long) first * BLOCK_SIZE, (long) end * BLOCK_SIZE);
    }
  }

  /** Those of the needed blocks that aren't remembered yet and don't displace each other. */
  private List<Run> runs(BitSet needed) {
    List<Run> runs = new ArrayList<>();
    BitSet slots = new BitSet();
    int first = 0;
    int end = 0;
    for (int i = needed.nextSetBit(0); i >= 0; i = needed.nextSetBit(i + 1)) {
      if (slots.get(i % cache.length())) {
        break;
      }
      slots.set(i % cache.length());
      if (isCached(i)) {
        continue;
      }
      if (i != end || end - first == MAX_RUN) {
        if (end > first) {
          runs.add(new Run(first, end));
        }
        first = i;
      }
      end = i + 1;
    }
    if (end > first) {
      runs.add(new Run(first, end));
    }
    return runs;
  }

  private boolean isCached(int number) {
    CheckedBlock cached = cache.get(number % cache.length());
    return cached != null && cached.number == number;
  }

  /** Straight into the caller's buffer, without a copy. */
  private void readWhole(long offset, ByteBuffer dst, Workspace workspace) throws IOException {
    ByteBuffer target = dst.slice();
    boolean checked = false;
    try {
      data.read(offset, target.duplicate());
      check(target, offset, workspace);
      checked = true;
    } finally {
      if (!checked) {
        target.put(new byte[target.remaining()]);
      }
    }
    dst.position(dst.limit());
  }

  private void readPart(long offset, ByteBuffer dst, Workspace workspace) throws IOException {
    long position = offset;
    while (dst.hasRemaining()) {
      long first = position - position % BLOCK_SIZE;
      int skipped = (int) (position - first);
      int wanted = (int) Math.min(dst.remaining(), (long) PIECE_SIZE - skipped);
      int blocks = (skipped + wanted + BLOCK_SIZE - 1) / BLOCK_SIZE;
      ByteBuffer piece = workspace.piece().limit(blocks * BLOCK_SIZE);
      data.read(first, piece.duplicate());
      check(piece, first, workspace);
      dst.put(piece.limit(skipped + wanted).position(skipped));
      position += wanted;
    }
  }

  private void check(ByteBuffer blocks, long offset, Workspace workspace) throws IOException {
    long number = offset / BLOCK_SIZE;
    for (int position = 0; position < blocks.limit(); position += BLOCK_SIZE) {
      check(0, number, number * BLOCK_SIZE, blocks, position, workspace);
      number++;
    }
  }

  /** Checks the block {@code index} of {@code level} against the one above it. */
  private void check(
      int level, long index, long offset, ByteBuffer source, int position, Workspace workspace)
      throws IOException {
    boolean top = level == layout.levels();
    byte[] expected =
        top ? rootHash : hashBlock(level + 1, Math.toIntExact(index / FANOUT), workspace);
    int at = top ? 0 : (int) (index % FANOUT) * DIGEST_SIZE;
    byte[] found = workspace.digest;
    workspace.hasher.digest(source, position, found, 0);
    if (!Arrays.equals(found, 0, DIGEST_SIZE, expected, at, at + DIGEST_SIZE)) {
      HexFormat hex = HexFormat.of();
      throw new BlockMismatchException(
          level, offset, hex.formatHex(expected, at, at + DIGEST_SIZE), hex.formatHex(found));
    }
  }

  private byte[] hashBlock(int level, int index, Workspace workspace) throws IOException {
    int number = layout.start(level) + index;
    int slot = number % cache.length();
    CheckedBlock cached = cache.get(slot);
    if (cached != null && cached.number == number) {
      return cached.content;
    }
    BitSet ahead = expected;
    int end = number + 1;
    int last = Math.min(number + MAX_AHEAD, layout.start(level) + layout.count(level));
    while (end < last && ahead.get(end) && !isCached(end)) {
      end++;
    }
    return load(new Run(number, end), workspace);
  }

  /** Reads, checks and remembers hash blocks; gives the first one's content. */
  private byte[] load(Run run, Workspace workspace) throws IOException {
    byte[] blocks = new byte[(run.end - run.first) * BLOCK_SIZE];
    long start = run.range().offset();
    tree.read(start, ByteBuffer.wrap(blocks));
    byte[] first = blocks;
    for (int number = run.first; number < run.end; number++) {
      int at = (number - run.first) * BLOCK_SIZE;
      byte[] content =
          run.end - run.first == 1 ? blocks : Arrays.copyOfRange(blocks, at, at + BLOCK_SIZE);
      int level = layout.level(number);
      int index = number - layout.start(level);
      check(level, index, start + at, ByteBuffer.wrap(content), 0, workspace);
      // Two threads may get here with the same block: they put equal contents.
      cache.set(number % cache.length(), new CheckedBlock(number, content));
      first = number == run.first ? content : first;
    }
    return first;
  }

  /**
   * The parts of the tree that reading these parts of the data needs, relative to the superblock's
   * start; sorted, in whole blocks, without the superblock. Whoever keeps the data ranges and these
   * can read the data verified later.
   */
  public List<ByteRange> treeRanges(List<ByteRange> dataRanges) {
    List<ByteRange> needed = new ArrayList<>();
    for (ByteRange range : ByteRange.coalesce(dataRanges)) {
      if (range.end() > size) {
        throw new IllegalArgumentException(range + " reaches past the data's " + size + " bytes");
      }
      long first = range.offset() / BLOCK_SIZE;
      long last = (range.end() - 1) / BLOCK_SIZE;
      for (int level = 1; level <= layout.levels(); level++) {
        first /= FANOUT;
        last /= FANOUT;
        long start = layout.start(level);
        needed.add(
            ByteRange.between((start + first) * BLOCK_SIZE, (start + last + 1) * BLOCK_SIZE));
      }
    }
    return ByteRange.coalesce(needed);
  }

  /** A hash block that was checked up to the root hash, with its number in the tree. */
  private static final class CheckedBlock {
    final int number;
    final byte[] content;

    CheckedBlock(int number, byte[] content) {
      this.number = number;
      this.content = content;
    }
  }

  /** What one read at a time needs and later ones use again. */
  private static final class Workspace {
    final BlockHasher hasher;
    final byte[] digest = new byte[DIGEST_SIZE];
    private @Nullable ByteBuffer piece;

    Workspace(byte[] salt) {
      hasher = new BlockHasher(salt);
    }

    ByteBuffer piece() {
      ByteBuffer buffer = piece;
      if (buffer == null) {
        buffer = ByteBuffer.allocateDirect(PIECE_SIZE);
        piece = buffer;
      }
      return buffer.clear();
    }
  }
}
