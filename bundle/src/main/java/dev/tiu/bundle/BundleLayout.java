package dev.tiu.bundle;

import dev.tiu.verity.ByteRange;
import dev.tiu.verity.SignerIdentity;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/**
 * The first steps of opening a bundle, in the order in which its parts may be believed: trailer,
 * signature, manifest, then the hash tree's superblock. Nothing else is read here.
 */
record BundleLayout(
    Trailer trailer,
    Bytes cms,
    Bytes manifestBytes,
    Manifest manifest,
    List<SignerIdentity> signers) {

  /** Digests in a block of the hash tree. */
  private static final long TREE_FANOUT =
      VerityParameters.BLOCK_SIZE / VerityParameters.DIGEST_SIZE;

  /** Whether a bundle that has expired may be opened. */
  enum Expiry {
    CHECKED,
    IGNORED
  }

  static BundleLayout read(ByteSource source, Trust trust, Expiry expiry) throws IOException {
    Container container = Container.open(source, trust, Kind.BUNDLE);
    Manifest manifest = manifest(container);
    if (trust instanceof Trust.Signed signed && expiry == Expiry.CHECKED) {
      checkExpiry(source, manifest, signed.now());
    }
    source.expect(beginnings(manifest));
    container.checkSuperblock(manifest.verity());
    return new BundleLayout(
        container.trailer(),
        container.cms(),
        container.manifestBytes(),
        manifest,
        container.signers());
  }

  private static Manifest manifest(Container container) throws BundleException {
    Manifest manifest;
    try {
      manifest = Manifest.parse(container.manifestJson());
    } catch (ManifestException e) {
      throw container.manifestFailure(e);
    }
    container.checkEnd(manifest.cmsOffset());
    return manifest;
  }

  private static void checkExpiry(ByteSource source, Manifest manifest, Instant now)
      throws ExpiredException {
    if (manifest.expires().isPresent() && now.isAfter(manifest.expires().get())) {
      throw new ExpiredException(source.name(), manifest.expires().get(), now);
    }
  }

  /**
   * What is read next, whatever is wanted of the bundle: the block with the squashfs superblock,
   * and the tree's superblock with all that checks that block.
   */
  private static List<ByteRange> beginnings(Manifest manifest) {
    Manifest.Verity verity = manifest.verity();
    long leaves = (verity.dataBlocks() + TREE_FANOUT - 1) / TREE_FANOUT;
    long head = verity.treeSize() - (leaves - 1) * VerityParameters.BLOCK_SIZE;
    return List.of(
        new ByteRange(0, VerityParameters.BLOCK_SIZE),
        new ByteRange(verity.treeOffset(), Math.min(head, verity.treeSize())));
  }
}
