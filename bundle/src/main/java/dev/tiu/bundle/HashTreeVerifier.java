package dev.tiu.bundle;

import dev.tiu.verity.BlockReader;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Checks a container's data and its whole hash tree: blocks of the tree that no data needs, and its
 * padding, are checked too.
 */
public final class HashTreeVerifier {
  private static final int PIECE = 1 << 20;

  private final ByteSource source;
  private final Part part;
  private final Manifest.Verity verity;
  private final BlockReader verified;
  private final Progress progress;

  /**
   * For the data that {@code source} starts with.
   *
   * @param part what the data is, for messages
   * @param verified the same data, each block checked, whose failures say where the damage is
   */
  public HashTreeVerifier(
      ByteSource source,
      Part part,
      Manifest.Verity verity,
      BlockReader verified,
      Progress progress) {
    this.source = source;
    this.part = part;
    this.verity = verity;
    this.verified = verified;
    this.progress = progress;
  }

  /**
   * Builds the tree anew, which reads each block once, and compares it byte for byte.
   *
   * @throws BundleException for the first damage
   */
  public void verify(int threads) throws IOException {
    long size = verity.treeOffset();
    AtomicLong done = new AtomicLong();
    BlockReader counted =
        (offset, dst) -> {
          int length = dst.remaining();
          source.read(offset, dst);
          progress.at(Progress.Stage.HASH_TREE, done.addAndGet(length), size);
        };
    HashTree tree =
        HashTree.build(counted, size, verity.parameters().salt(), verity.uuid(), threads);
    if (!Arrays.equals(tree.rootHash(), verity.rootHashBytes())) {
      throw firstDamage(tree);
    }
    tree.writeTo(new ComparingChannel(verity.treeOffset()));
  }

  /** The slow way, block after block, to say where it is. */
  private BundleException firstDamage(HashTree tree) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
    long size = verity.treeOffset();
    for (long offset = 0; offset < size; offset += PIECE) {
      try {
        verified.read(offset, piece.clear().limit((int) Math.min(PIECE, size - offset)));
      } catch (BundleException e) {
        return e;
      }
    }
    return new BundleException(
        source.name(),
        part,
        0,
        "its root hash is "
            + Digests.hex(tree.rootHash())
            + ", signed is "
            + verity.rootHash()
            + "; it changes while it is read");
  }

  /** Compares what is written to it with what the file has. */
  private final class ComparingChannel implements WritableByteChannel {
    private final byte[] found = new byte[1 << 16];
    private long offset;

    ComparingChannel(long offset) {
      this.offset = offset;
    }

    @Override
    public int write(ByteBuffer expected) throws IOException {
      int length = Math.min(expected.remaining(), found.length);
      ByteBuffer there = ByteBuffer.wrap(found, 0, length);
      source.read(offset, there);
      int difference = there.flip().mismatch(expected.slice().limit(length));
      if (difference >= 0) {
        long at = offset + difference;
        throw new BundleException(
            source.name(),
            Part.HASH_TREE,
            at - at % VerityParameters.BLOCK_SIZE,
            "the block differs from the tree that belongs to the "
                + part
                + ", first at offset "
                + at);
      }
      expected.position(expected.position() + length);
      offset += length;
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
