package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.ByteRange;
import dev.tiu.verity.SignerIdentity;
import dev.tiu.verity.VerifiedBlocks;
import dev.tiu.verity.VerityParameters;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
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
  private final OverlaySource source;
  private final BundleLayout layout;
  private final ImageReader reader;
  private @Nullable SquashfsImage image;
  private @Nullable Tree tree;
  private @Nullable ContentTable contentTable;
  private @Nullable Bundle skeleton;

  private Bundle(OverlaySource source, BundleLayout layout, boolean skeleton) {
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
      BundleLayout layout = BundleLayout.read(source, trust, expiry);
      Bundle bundle = new Bundle(new OverlaySource(source), layout, skeleton);
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

  /** Of all of it, in bytes. */
  public long size() {
    return layout.trailer().offset() + Trailer.SIZE;
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

  /**
   * Whether the other bundle's image has the same tree, in content and all else, and lays its data
   * alike: as an image does that was packed again from the same. Cheaper than reading both trees.
   */
  public boolean hasSameTree(Bundle other) throws IOException {
    return hasSameContents(other) && image().hasSameTree(other.image());
  }

  /** Whether the other bundle's files have the same contents in the same order, as is signed. */
  public boolean hasSameContents(Bundle other) {
    Manifest.Table ours = manifest().contentTable();
    Manifest.Table theirs = other.manifest().contentTable();
    return ours.size() == theirs.size() && ours.sha256().equals(theirs.sha256());
  }

  /**
   * Begins to read everything but file data in a thread of its own. Whoever asks for it before it
   * is there waits, and gets the failure if it is damaged: the thread only goes ahead.
   */
  public void readAhead() {
    Thread reader =
        new Thread(
            () -> {
              try {
                contentTable();
                tree();
              } catch (IOException e) {
                // Shows again to whoever asks.
                return;
              }
            },
            "tiu-read-ahead");
    reader.setDaemon(true);
    reader.start();
  }

  /** Reads and checks everything but file data now, not when it is first asked for. */
  public synchronized void readDescription() throws IOException {
    expectDescription();
    tree = tree();
    contentTable = contentTable();
  }

  /** Has all of it fetched in few requests, and kept for whoever writes a skeleton then. */
  private void expectDescription() throws IOException {
    if (tree == null || contentTable == null) {
      List<ByteRange> ranges = skeletonRanges();
      source.keep(ranges);
      source.expect(ranges);
    }
  }

  /** What a skeleton has, in the bundle, but for the signature and the trailer. */
  List<ByteRange> skeletonRanges() throws IOException {
    List<ByteRange> kept = ImageReader.metadataBlocks(image());
    long treeOffset = manifest().verity().treeOffset();
    List<ByteRange> ranges = new ArrayList<>(kept);
    ranges.add(new ByteRange(treeOffset, VerityParameters.BLOCK_SIZE));
    ranges.addAll(VerifiedPart.moved(reader.blocks().treeRanges(kept), treeOffset));
    Manifest.Table table = manifest().contentTable();
    ranges.add(new ByteRange(table.offset(), table.size()));
    return ByteRange.coalesce(ranges);
  }

  /**
   * Takes from a skeleton of the same image what that has, instead of from the bundle's own source:
   * one that an earlier run has written, so that nothing of it has to be fetched again.
   *
   * @param kept is closed with the bundle, or at once if it is of no use
   * @return whether it is of use: whole, and of this image
   */
  public synchronized boolean useSkeleton(ByteSource kept) throws IOException {
    Bundle found;
    try {
      // Trusted as far as its manifest is the very one that was signed, which is looked at next.
      found = openSkeleton(kept, Trust.insecureWithoutSignature());
    } catch (IOException e) {
      return false;
    }
    boolean useful = false;
    try {
      if (layout.manifestBytes().equals(found.layout.manifestBytes())) {
        found.readDescription();
        useful = true;
      }
    } catch (IOException e) {
      return false;
    } finally {
      if (!useful) {
        found.close();
      }
    }
    if (useful) {
      source.cover(kept, found.skeletonRanges());
      tree = found.tree();
      contentTable = found.contentTable();
      skeleton = found;
    }
    return useful;
  }

  /**
   * Takes the content table from these bytes, which came another way, instead of from the bundle.
   * Of no avail after {@link #useSkeleton}, which has it already.
   *
   * @return whether they are this image's table, by the digest that is signed
   */
  public synchronized boolean useContentTable(byte[] bytes) {
    Manifest.Table expected = manifest().contentTable();
    boolean same =
        bytes.length == expected.size()
            && Digests.hex(Digests.sha256(bytes)).equals(expected.sha256());
    if (same && skeleton == null) {
      BlockReader table = BlockReader.of(bytes.clone());
      source.cover(
          (offset, dst) -> table.read(offset - expected.offset(), dst),
          List.of(new ByteRange(expected.offset(), expected.size())));
    }
    return same;
  }

  /**
   * Says which parts of the image will be read soon, in their order: gets the hash blocks for them
   * now, and has the data fetched ahead if the source is far away.
   *
   * @param imageRanges stored bytes, as {@link SquashfsImage#blocks} tells them
   * @throws BundleException if a hash block is damaged
   */
  public void expect(List<ByteRange> imageRanges) throws IOException {
    reader.expect(imageRanges);
  }

  private Tree readTree() throws IOException {
    reader.expect(ImageReader.metadataBlocks(image()));
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
        Container.table(
            source, Part.CONTENT_TABLE, table.offset(), (int) table.size(), table.sha256());
    return ContentTable.of(bytes);
  }

  /**
   * Checks everything: each block of the image against the hash tree, the tree itself, each file's
   * content against the content table, and that nothing lies between the parts.
   *
   * @throws BundleException for the first damage, with its offset
   */
  public void verify(int threads, Progress progress) throws IOException {
    new BundleVerifier(this, source, threads, progress).verify();
  }

  /**
   * Writes the bundle without its file data: the same format and offsets, with holes.
   *
   * @param out an empty file; written through, but not synced
   */
  public void writeSkeleton(FileChannel out) throws IOException {
    if (out.size() > 0) {
      throw new IllegalArgumentException("a skeleton is written to an empty file");
    }
    writeSkeleton(
        (bytes, offset) -> {
          long position = offset;
          while (bytes.hasRemaining()) {
            position += out.write(bytes, position);
          }
        });
  }

  /** The same, to wherever the caller puts it. */
  public void writeSkeleton(SkeletonOutput out) throws IOException {
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
    Bundle kept = skeleton;
    if (kept != null) {
      kept.close();
    }
    source.close();
  }
}
