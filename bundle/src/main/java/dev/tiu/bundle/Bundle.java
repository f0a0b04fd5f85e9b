package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.SignerIdentity;
import dev.tiu.verity.VerifiedBlocks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open bundle: every byte that it hands out has been checked, down from the signature.
 *
 * <p>Opening reads the trailer, the signature and one superblock; the rest is read when it is asked
 * for. Any number of threads may use it. What is damaged is a {@link BundleException} that says
 * which part and where.
 */
public final class Bundle implements AutoCloseable {
  private final ByteSource source;
  private final BundleLayout layout;
  private final ImageReader reader;
  private @Nullable SquashfsImage image;
  private @Nullable Tree tree;
  private @Nullable ContentTable contentTable;

  private Bundle(ByteSource source, BundleLayout layout, boolean skeleton) {
    this.source = source;
    this.layout = layout;
    long heapBytes = Runtime.getRuntime().maxMemory();
    this.reader = new ImageReader(source, layout.manifest(), skeleton, heapBytes);
  }

  /**
   * Opens a bundle, and takes the source over: closing the bundle closes it, as does failing.
   *
   * @throws BundleException if it is damaged or not trusted
   * @throws ExpiredException if it has expired
   */
  public static Bundle open(ByteSource source, Trust trust) throws IOException {
    return open(source, trust, BundleLayout.Expiry.CHECKED, false);
  }

  /**
   * Opens a skeleton, which has everything but file data. Reading file data is a {@link
   * SkeletonException}. That the image may have expired since it was installed doesn't matter.
   */
  public static Bundle openSkeleton(ByteSource source, Trust trust) throws IOException {
    return open(source, trust, BundleLayout.Expiry.IGNORED, true);
  }

  private static Bundle open(
      ByteSource source, Trust trust, BundleLayout.Expiry expiry, boolean skeleton)
      throws IOException {
    boolean open = false;
    try {
      Bundle bundle = new Bundle(source, BundleLayout.read(source, trust, expiry), skeleton);
      open = true;
      return bundle;
    } finally {
      if (!open) {
        source.close();
      }
    }
  }

  /** What is signed. */
  public Manifest manifest() {
    return layout.manifest();
  }

  /** The manifest's bytes as they were signed; the caller's own copy. */
  public byte[] manifestJson() {
    return layout.manifestBytes().toArray();
  }

  /** Who signed it and is trusted; empty when it was opened without looking at the signature. */
  public List<SignerIdentity> signers() {
    return layout.signers();
  }

  /** The SHA-256 of the manifest as signed, in hex: the same for the same image, however signed. */
  public String imageId() {
    return Digests.hex(Digests.sha256(layout.manifestBytes().toArray()));
  }

  /** What a person calls it. */
  public String name() {
    return source.name();
  }

  /** The squashfs, on verified blocks. */
  public synchronized SquashfsImage image() throws IOException {
    SquashfsImage opened = image;
    if (opened == null) {
      opened = reader.open();
      image = opened;
    }
    return opened;
  }

  /** Every path of the image. */
  public synchronized Tree tree() throws IOException {
    Tree read = tree;
    if (read == null) {
      read = readTree();
      tree = read;
    }
    return read;
  }

  /** Reads and checks everything but file data now, not when it is first asked for. */
  public synchronized void readDescription() throws IOException {
    tree = tree();
    contentTable = contentTable();
  }

  private Tree readTree() throws IOException {
    try {
      return image().readTree();
    } catch (SquashfsException e) {
      throw new BundleException(name(), Part.IMAGE, e.offset(), e);
    }
  }

  /** The digest of each file's content. */
  public synchronized ContentTable contentTable() throws IOException {
    ContentTable read = contentTable;
    if (read == null) {
      read = readContentTable();
      contentTable = read;
    }
    return read;
  }

  private ContentTable readContentTable() throws IOException {
    Manifest.Table table = manifest().contentTable();
    byte[] bytes =
        BundleLayout.read(source, Part.CONTENT_TABLE, table.offset(), (int) table.size());
    String found = Digests.hex(Digests.sha256(bytes));
    if (!found.equals(table.sha256())) {
      throw new BundleException(
          name(),
          Part.CONTENT_TABLE,
          table.offset(),
          "damaged or changed: its SHA-256 should be " + table.sha256() + " and is " + found);
    }
    return ContentTable.of(bytes);
  }

  /**
   * Checks everything: each block of the image against the hash tree, the tree itself, each file's
   * content against the content table, and that nothing lies between the parts.
   *
   * @throws BundleException for the first damage, with its offset
   */
  public void verify(int threads, Progress progress) throws IOException {
    new BundleVerifier(this, source, reader.raw(), threads, progress).verify();
  }

  /**
   * Writes the bundle without its file data: the same format and offsets, with holes.
   *
   * @param out an empty file; written through, but not synced
   */
  public void writeSkeleton(FileChannel out) throws IOException {
    new SkeletonWriter(this, source, layout).writeTo(out);
  }

  /** The image's verified bytes. */
  BlockReader imageBytes() {
    return reader;
  }

  VerifiedBlocks verifiedBlocks() {
    return reader.blocks();
  }

  @Override
  public synchronized void close() throws IOException {
    SquashfsImage opened = image;
    if (opened != null) {
      opened.close();
    }
    source.close();
  }
}
