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

  /** Whether a bundle that has expired may be opened. */
  enum Expiry {
    CHECKED,
    IGNORED
  }

  static BundleLayout read(ByteSource source, Trust trust, Expiry expiry) throws IOException {
    long size = source.size();
    if (size < Trailer.SIZE) {
      throw new BundleException(
          source.name(), Part.TRAILER, 0, "a file of " + size + " bytes is no tiu bundle");
    }
    byte[] end = read(source, Part.TRAILER, size - Trailer.SIZE, Trailer.SIZE);
    Trailer trailer = Trailer.parse(end, source.name(), size);
    byte[] cms = read(source, Part.SIGNATURE, trailer.cmsOffset(), (int) trailer.cmsSize());
    Content content = content(source, trailer, cms, trust);
    Manifest manifest = manifest(source, trailer, content.bytes());
    if (trust instanceof Trust.Signed signed && expiry == Expiry.CHECKED) {
      checkExpiry(source, manifest, signed.now());
    }
    checkSuperblock(source, manifest);
    return new BundleLayout(
        trailer, Bytes.of(cms), Bytes.of(content.bytes()), manifest, content.signers());
  }

  static byte[] read(ByteSource source, Part part, long offset, int size) throws IOException {
    byte[] bytes = new byte[size];
    try {
      source.read(offset, ByteBuffer.wrap(bytes));
    } catch (EOFException e) {
      throw new BundleException(source.name(), part, offset, e);
    }
    return bytes;
  }

  /** What was signed, by whom; by nobody, where nobody asked. */
  @SuppressWarnings("ArrayRecordComponent") // lives as long as opening takes, is never compared
  private record Content(byte[] bytes, List<SignerIdentity> signers) {}

  private static Content content(ByteSource source, Trailer trailer, byte[] cms, Trust trust)
      throws BundleException {
    try {
      if (trust instanceof Trust.Signed signed) {
        SignedContent content = CmsSignature.verify(cms, signed.keyring(), signed.now());
        return new Content(content.content(), content.signers());
      }
      return new Content(CmsSignature.insecureContent(cms), List.of());
    } catch (TrustException e) {
      throw new BundleException(source.name(), Part.SIGNATURE, trailer.cmsOffset(), e);
    }
  }

  private static Manifest manifest(ByteSource source, Trailer trailer, byte[] json)
      throws BundleException {
    Manifest manifest;
    try {
      manifest = Manifest.parse(json);
    } catch (ManifestException e) {
      throw new BundleException(source.name(), Part.MANIFEST, trailer.cmsOffset(), e);
    }
    if (manifest.cmsOffset() != trailer.cmsOffset()) {
      throw new BundleException(
          source.name(),
          Part.MANIFEST,
          trailer.cmsOffset(),
          "its parts end at offset "
              + manifest.cmsOffset()
              + ", but the signature begins at "
              + trailer.cmsOffset());
    }
    return manifest;
  }

  private static void checkExpiry(ByteSource source, Manifest manifest, Instant now)
      throws ExpiredException {
    if (manifest.expires().isPresent() && now.isAfter(manifest.expires().get())) {
      throw new ExpiredException(source.name(), manifest.expires().get(), now);
    }
  }

  /** The kernel believes the superblock, so it mustn't say anything else than the manifest. */
  private static void checkSuperblock(ByteSource source, Manifest manifest) throws IOException {
    Manifest.Verity verity = manifest.verity();
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
}
