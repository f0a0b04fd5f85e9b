package dev.tiu.bundle;

import dev.tiu.verity.BlockMismatchException;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import dev.tiu.verity.VerifiedBlocks;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The data at the start of a container, verified; a failure names the file and the offset. */
public final class VerifiedPart implements BlockReader {
  private final ByteSource source;
  private final Part part;
  private final Manifest.Verity verity;
  private final VerifiedBlocks blocks;

  /**
   * Reads nothing yet.
   *
   * @param part what the data is, for messages
   * @param verity from a manifest whose signature has been verified
   */
  public VerifiedPart(ByteSource source, Part part, Manifest.Verity verity) {
    this.source = source;
    this.part = part;
    this.verity = verity;
    this.blocks =
        new VerifiedBlocks(
            source,
            (offset, dst) -> source.read(verity.treeOffset() + offset, dst),
            verity.parameters(),
            verity.rootHashBytes());
  }

  /** Throws a {@link BundleException} for a block that isn't the one that was signed. */
  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    try {
      blocks.read(offset, dst);
    } catch (BlockMismatchException e) {
      throw located(e);
    }
  }

  /**
   * Gets the hash blocks for these parts of the data now, and has the data fetched ahead.
   *
   * @param ranges of which whole blocks will be read, in their order
   */
  public void expect(List<ByteRange> ranges) throws IOException {
    List<ByteRange> whole = ByteRange.coalesce(ranges.stream().map(this::wholeBlocks).toList());
    try {
      blocks.prefetch(whole, tree -> source.expect(moved(tree, verity.treeOffset())));
    } catch (BlockMismatchException e) {
      throw located(e);
    }
    source.expect(whole);
  }

  /** The blocks, which don't know what a file they are in. */
  VerifiedBlocks blocks() {
    return blocks;
  }

  private ByteRange wholeBlocks(ByteRange range) {
    if (range.end() > verity.parameters().dataSize()) {
      throw new IllegalArgumentException(range + " reaches past the " + part);
    }
    return rounded(range);
  }

  /** The whole blocks that have these bytes. */
  static ByteRange rounded(ByteRange range) {
    long start = range.offset() - range.offset() % VerityParameters.BLOCK_SIZE;
    long end = range.end() + (-range.end() & (VerityParameters.BLOCK_SIZE - 1));
    return ByteRange.between(start, end);
  }

  static List<ByteRange> moved(List<ByteRange> ranges, long by) {
    return ranges.stream().map(r -> new ByteRange(r.offset() + by, r.length())).toList();
  }

  /** The same failure with the file's name, and its offset from the file's start. */
  private BundleException located(BlockMismatchException e) {
    return e.level() == 0
        ? new BundleException(source.name(), part, e.offset(), e)
        : new BundleException(source.name(), Part.HASH_TREE, verity.treeOffset() + e.offset(), e);
  }
}
