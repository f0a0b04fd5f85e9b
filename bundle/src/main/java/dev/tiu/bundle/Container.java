package dev.tiu.bundle;

import dev.tiu.verity.CmsSignature;
import dev.tiu.verity.SignedContent;
import dev.tiu.verity.SignerIdentity;
import dev.tiu.verity.Superblock;
import dev.tiu.verity.TrustException;
import dev.tiu.verity.VerityException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What bundles and deltas have in common, opened in the order in which it may be believed.
 *
 * <pre>
 * data, in whole blocks of 4096
 * dm-verity superblock and hash tree over the data
 * table, whose SHA-256 is in the manifest
 * CMS message with the manifest
 * trailer
 * </pre>
 *
 * <p>Opening reads the trailer and the signature. What the manifest says is for each kind to parse,
 * and to hold against the file with {@link #checkEnd} and {@link #checkSuperblock}.
 */
public final class Container {
  private final ByteSource source;
  private final Trailer trailer;
  private final Bytes cms;
  private final Bytes manifest;
  private final List<SignerIdentity> signers;

  private Container(
      ByteSource source, Trailer trailer, Bytes cms, Bytes manifest, List<SignerIdentity> signers) {
    this.source = source;
    this.trailer = trailer;
    this.cms = cms;
    this.manifest = manifest;
    this.signers = List.copyOf(signers);
  }

  /**
   * Reads the trailer, and the signature with the manifest's bytes; the source stays the caller's.
   *
   * @throws BundleException if it isn't of that kind, is damaged, or isn't trusted
   */
  public static Container open(ByteSource source, Trust trust, Kind kind) throws IOException {
    long size = source.size();
    if (size < Trailer.SIZE) {
      throw new BundleException(
          source.name(), Part.TRAILER, 0, "a file of " + size + " bytes is no tiu " + kind);
    }
    byte[] end = read(source, Part.TRAILER, size - Trailer.SIZE, Trailer.SIZE);
    Trailer trailer = Trailer.parse(end, kind, source.name(), size);
    byte[] cms = read(source, Part.SIGNATURE, trailer.cmsOffset(), (int) trailer.cmsSize());
    try {
      if (trust instanceof Trust.Signed signed) {
        SignedContent content = CmsSignature.verify(cms, signed.keyring(), signed.now());
        return new Container(
            source, trailer, Bytes.of(cms), Bytes.of(content.content()), content.signers());
      }
      byte[] content = CmsSignature.insecureContent(cms);
      return new Container(source, trailer, Bytes.of(cms), Bytes.of(content), List.of());
    } catch (TrustException e) {
      throw new BundleException(source.name(), Part.SIGNATURE, trailer.cmsOffset(), e);
    }
  }

  /** What a file says that it is, by its last bytes; empty if it is nothing of tiu's. */
  public static Optional<Kind> kindOf(ByteSource source) throws IOException {
    long offset = source.size() - Trailer.SIZE;
    if (offset < 0) {
      return Optional.empty();
    }
    return Trailer.kindOf(read(source, Part.TRAILER, offset, Trailer.SIZE));
  }

  Trailer trailer() {
    return trailer;
  }

  Bytes cms() {
    return cms;
  }

  Bytes manifestBytes() {
    return manifest;
  }

  /** The manifest's bytes as they were signed; the caller's own copy. */
  public byte[] manifestJson() {
    return manifest.toArray();
  }

  /** Who signed it and is trusted; empty when nobody asked. */
  public List<SignerIdentity> signers() {
    return signers;
  }

  /** A manifest that was signed, but can't be. */
  public BundleException manifestFailure(ManifestException cause) {
    return new BundleException(source.name(), Part.MANIFEST, trailer.cmsOffset(), cause);
  }

  /** The parts that the manifest describes must end where the signature begins. */
  public void checkEnd(long end) throws BundleException {
    if (end != trailer.cmsOffset()) {
      throw new BundleException(
          source.name(),
          Part.MANIFEST,
          trailer.cmsOffset(),
          "its parts end at offset "
              + end
              + ", but the signature begins at "
              + trailer.cmsOffset());
    }
  }

  /** The kernel believes the superblock, so it mustn't say anything else than the manifest. */
  public void checkSuperblock(Manifest.Verity verity) throws IOException {
    byte[] bytes = read(source, Part.HASH_TREE, verity.treeOffset(), Superblock.SIZE);
    Superblock found;
    try {
      found = Superblock.parse(ByteBuffer.wrap(bytes));
    } catch (VerityException e) {
      throw new BundleException(source.name(), Part.HASH_TREE, verity.treeOffset(), e);
    }
    Superblock expected = new Superblock(verity.parameters(), verity.uuid());
    if (!found.equals(expected)) {
      throw new BundleException(
          source.name(),
          Part.HASH_TREE,
          verity.treeOffset(),
          "its superblock says " + found + ", the manifest " + expected);
    }
  }

  /** Reads a whole table and holds it against its digest. */
  public static byte[] table(ByteSource source, Part part, long offset, int size, String sha256)
      throws IOException {
    byte[] bytes = read(source, part, offset, size);
    String found = Digests.hex(Digests.sha256(bytes));
    if (!found.equals(sha256)) {
      throw new BundleException(
          source.name(),
          part,
          offset,
          "damaged or changed: its SHA-256 should be " + sha256 + " and is " + found);
    }
    return bytes;
  }

  private static byte[] read(ByteSource source, Part part, long offset, int size)
      throws IOException {
    byte[] bytes = new byte[size];
    try {
      source.read(offset, ByteBuffer.wrap(bytes));
    } catch (EOFException e) {
      throw new BundleException(source.name(), part, offset, e);
    }
    return bytes;
  }
}
