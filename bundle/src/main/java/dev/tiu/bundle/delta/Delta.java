package dev.tiu.bundle.delta;

import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.ByteSource;
import dev.tiu.bundle.Container;
import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.ContentTable;
import dev.tiu.bundle.Digests;
import dev.tiu.bundle.HashTreeVerifier;
import dev.tiu.bundle.Kind;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.ManifestException;
import dev.tiu.bundle.Part;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.VerifiedPart;
import dev.tiu.verity.BlockReader;
import dev.tiu.verity.SignerIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An open delta: patches that make an image's files from those of another, each byte of which has
 * been checked down from the signature.
 *
 * <p>Opening reads the trailer, the signature, a superblock and the index; the patches are read as
 * they are applied. Any number of threads may use it, each with a {@link PatchReader} of its own.
 * What is damaged is a {@link BundleException} that says which part and where.
 */
public final class Delta implements AutoCloseable {
  private final ByteSource source;
  private final Container container;
  private final DeltaManifest manifest;
  private final PatchIndex index;
  private final VerifiedPart data;

  private Delta(ByteSource source, Container container, DeltaManifest manifest, PatchIndex index) {
    this.source = source;
    this.container = container;
    this.manifest = manifest;
    this.index = index;
    this.data = new VerifiedPart(source, Part.PATCHES, manifest.verity());
  }

  /**
   * Opens a delta, and takes the source over: closing the delta closes it, as does failing.
   *
   * @throws BundleException if it is damaged or not trusted
   */
  public static Delta open(ByteSource source, Trust trust) throws IOException {
    boolean open = false;
    try {
      Container container = Container.open(source, trust, Kind.DELTA);
      DeltaManifest manifest = manifest(container);
      container.checkSuperblock(manifest.verity());
      Delta delta = new Delta(source, container, manifest, readIndex(source, manifest));
      open = true;
      return delta;
    } finally {
      if (!open) {
        source.close();
      }
    }
  }

  private static DeltaManifest manifest(Container container) throws BundleException {
    DeltaManifest manifest;
    try {
      manifest = DeltaManifest.parse(container.manifestJson());
    } catch (ManifestException e) {
      throw container.manifestFailure(e);
    }
    container.checkEnd(manifest.cmsOffset());
    return manifest;
  }

  private static PatchIndex readIndex(ByteSource source, DeltaManifest manifest)
      throws IOException {
    DeltaManifest.Index index = manifest.index();
    // Signed, but this heap may be smaller than that of whoever signed it.
    long most = Runtime.getRuntime().maxMemory() / 4;
    if (index.unpackedSize() > most) {
      throw new DeltaException(
          source.name(),
          Part.PATCH_INDEX,
          index.offset(),
          index.unpackedSize() + " bytes, more than this Java's heap has room for (" + most + ")");
    }
    byte[] packed =
        Container.table(source, Part.PATCH_INDEX, index.offset(), index.size(), index.sha256());
    return PatchIndex.parse(packed, manifest, source.name());
  }

  /** What is signed. */
  public DeltaManifest manifest() {
    return manifest;
  }

  /** The manifest's bytes as they were signed; the caller's own copy. */
  public byte[] manifestJson() {
    return container.manifestJson();
  }

  /** Who signed it and is trusted; empty when it was opened without looking at the signature. */
  public List<SignerIdentity> signers() {
    return container.signers();
  }

  /** What a person calls it. */
  public String name() {
    return source.name();
  }

  /**
   * The patch that makes a content, if there is one.
   *
   * @param newDigest the fs-verity digest of the new content, from the new image's content table
   */
  public Optional<Patch> patch(byte[] newDigest) {
    return index.find(ContentDigest.of(newDigest));
  }

  /**
   * Makes the new image's content table of the old one's, so that it needn't be read from the
   * bundle. Whether it is the one that the new image's manifest names is for the caller to see.
   *
   * @param old the content table of the image on the device
   * @return empty if there is no patch for it, or that is for another table
   */
  public Optional<byte[]> contentTable(byte[] old) throws IOException {
    Optional<Patch> patch = manifest.contentTable().flatMap(index::find);
    ContentDigest present = Content.tableDigest(old);
    if (patch.isEmpty()
        || patch.get().size() > (long) Manifest.MAX_INODES * ContentTable.ENTRY
        || patch.get().segments().stream().anyMatch(s -> !s.old().digest().equals(present))) {
      return Optional.empty();
    }
    expect(List.of(patch.get()));
    byte[] table = new byte[(int) patch.get().size()];
    try (PatchReader reader = reader()) {
      for (Segment segment : patch.get().segments()) {
        ByteBuffer part = ByteBuffer.allocateDirect(segment.size());
        reader.read(segment, BlockReader.of(old), part);
        part.flip().get(table, (int) segment.offset(), segment.size());
      }
    }
    return Optional.of(table);
  }

  /** All patches in the order of their stored bytes; made as they are asked for. */
  public List<Patch> patches() {
    return new AbstractList<>() {
      @Override
      public Patch get(int number) {
        return index.patch(number);
      }

      @Override
      public int size() {
        return index.size();
      }
    };
  }

  /**
   * Says which patches will be applied soon, in their order, so that a source that is far away can
   * fetch them ahead.
   */
  public void expect(List<Patch> patches) throws IOException {
    data.expect(patches.stream().map(Patch::stored).toList());
  }

  /** Applies patches; one for each thread, as it has buffers of its own. */
  public PatchReader reader() {
    return new PatchReader(name(), data, index.buffers());
  }

  /**
   * Checks every byte: the patches against the hash tree, the tree itself, and that nothing lies
   * between the parts. Whether the patches make what they should takes the old image.
   *
   * @throws BundleException for the first damage, with its offset
   */
  public void verify(int threads, Progress progress) throws IOException {
    new HashTreeVerifier(source, Part.PATCHES, manifest.verity(), data, progress).verify(threads);
    long used = manifest.data().bytesUsed();
    byte[] padding = new byte[(int) (manifest.data().size() - used)];
    data.read(used, ByteBuffer.wrap(padding));
    if (!Arrays.equals(padding, new byte[padding.length])) {
      throw new DeltaException(
          name(), Part.PATCHES, used, "the padding after the patches isn't zeros");
    }
  }

  /** A digest of what is signed, in hex: the same for the same delta, however signed. */
  public String id() {
    return Digests.hex(Digests.sha256(container.manifestJson()));
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
