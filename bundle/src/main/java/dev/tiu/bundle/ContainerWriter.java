package dev.tiu.bundle;

import dev.tiu.verity.CmsSignature;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.Signer;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.List;

/** Appends to a file with data what makes a bundle or a delta of it. */
public final class ContainerWriter {
  private final FileChannel file;
  private final List<Signer> signers;
  private final Instant signingTime;

  /**
   * For one file, open for reading and writing.
   *
   * @param signingTime goes into the signature
   */
  public ContainerWriter(FileChannel file, List<Signer> signers, Instant signingTime) {
    this.file = file;
    this.signers = List.copyOf(signers);
    this.signingTime = signingTime;
  }

  /**
   * Fills the last block of the data with zeros, or a whole one if there is no data, since no tree
   * is over nothing; gives the size of the data then.
   */
  public long pad() throws IOException {
    long used = file.size();
    int padding =
        used == 0 ? VerityParameters.BLOCK_SIZE : (int) (-used & (VerityParameters.BLOCK_SIZE - 1));
    file.position(used);
    append(new byte[padding]);
    return used + padding;
  }

  /**
   * Appends the tree, the table, the signature over the manifest, and the trailer.
   *
   * @param dataSize where the tree goes
   */
  public void complete(Kind kind, long dataSize, HashTree tree, byte[] table, byte[] manifestJson)
      throws IOException {
    byte[] cms = CmsSignature.sign(manifestJson, signers, signingTime);
    file.position(dataSize);
    tree.writeTo(file);
    append(table);
    long cmsOffset = file.position();
    append(cms);
    append(new Trailer(kind, cmsOffset, cms.length).toBytes());
  }

  /** What a manifest says of the tree over data of that size. */
  public static Manifest.Verity verity(HashTree tree, long dataSize) {
    VerityParameters parameters = tree.superblock().parameters();
    return new Manifest.Verity(
        1,
        "sha256",
        parameters.dataBlockSize(),
        parameters.hashBlockSize(),
        parameters.dataBlocks(),
        Digests.hex(parameters.salt()),
        Digests.hex(tree.rootHash()),
        dataSize,
        tree.sizeOnDisk(),
        tree.superblock().uuid());
  }

  private void append(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
  }
}
