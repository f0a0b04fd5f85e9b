package dev.tiu.bundle.delta;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiu.bundle.ContentDigest;
import dev.tiu.bundle.JsonFields;
import dev.tiu.bundle.Kind;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.ManifestException;
import dev.tiu.bundle.SignedJson;
import dev.tiu.bundle.Trailer;
import dev.tiu.bundle.Version;
import dev.tiu.verity.VerityParameters;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What of a delta is signed: which images it leads from and to, and the size, place and digest of
 * its parts. {@code docs/format.md} has each field.
 *
 * @param from the image whose files the patches need
 * @param to the image whose files they make
 * @param contentTable the digest of {@code to}'s content table, if there is a patch for that, too
 */
public record DeltaManifest(
    int format,
    Image from,
    Image to,
    Data data,
    Manifest.Verity verity,
    Index index,
    Optional<ContentDigest> contentTable) {

  /** Checks what no single part can. */
  public DeltaManifest {
    check(format == Trailer.FORMAT, "format", format + ", expected " + Trailer.FORMAT);
    check(
        !from.imageId.equals(to.imageId), "to.imageId", "the same as from.imageId, " + to.imageId);
    checkEqual("verity.treeOffset", data.size, verity.treeOffset());
    checkEqual("verity.dataBlocks", data.size / VerityParameters.BLOCK_SIZE, verity.dataBlocks());
    checkEqual("index.offset", verity.treeOffset() + verity.treeSize(), index.offset);
  }

  /**
   * One of the two images.
   *
   * @param imageId the SHA-256 of its manifest, hex
   */
  public record Image(String imageId, Version version) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    /** Checks the image ID's form. */
    public Image {
      check(
          ID.matcher(imageId).matches(),
          "imageId",
          "expected 64 hex digits in small letters, found \"" + imageId + "\"");
    }
  }

  /**
   * The stored bytes of all segments.
   *
   * @param size in bytes, padded with zeros to a multiple of 4096
   * @param bytesUsed without the padding
   */
  public record Data(long size, long bytesUsed) {
    /** Checks the sizes. */
    public Data {
      long max = VerityParameters.MAX_DATA_BLOCKS * VerityParameters.BLOCK_SIZE;
      check(
          size > 0 && size <= max && size % VerityParameters.BLOCK_SIZE == 0,
          "data.size",
          size + " bytes, expected a multiple of 4096 up to " + max);
      check(
          bytesUsed >= 0 && bytesUsed <= size && size - bytesUsed <= VerityParameters.BLOCK_SIZE,
          "data.bytesUsed",
          bytesUsed + " of " + size + " bytes");
    }
  }

  /**
   * The index of patches.
   *
   * @param offset from the start of the delta, in bytes
   * @param size as it is stored, in bytes
   * @param unpackedSize in bytes; what the three counts make it
   * @param sha256 of the stored bytes, hex
   * @param oldFiles how many different old contents the patches need
   * @param patches how many new contents they make
   * @param segments of all patches together
   */
  public record Index(
      long offset,
      int size,
      int unpackedSize,
      String sha256,
      int oldFiles,
      int patches,
      int segments) {
    private static final int MAX_SIZE = 64 << 20;

    /** Checks the sizes and counts against each other. */
    public Index {
      check(
          oldFiles >= 0 && oldFiles <= Manifest.MAX_INODES,
          "index.oldFiles",
          oldFiles + ", expected at most " + Manifest.MAX_INODES);
      check(
          patches >= 0 && patches <= Manifest.MAX_INODES,
          "index.patches",
          patches + ", expected at most " + Manifest.MAX_INODES);
      check(
          segments >= patches && segments <= MAX_SIZE / PatchIndex.SEGMENT,
          "index.segments",
          segments + " for " + patches + " patches");
      long expected = PatchIndex.unpackedSize(oldFiles, patches, segments);
      checkEqual("index.unpackedSize", expected, unpackedSize);
      check(
          unpackedSize <= MAX_SIZE,
          "index.unpackedSize",
          unpackedSize + " bytes, at most " + MAX_SIZE + " are possible");
      check(
          size >= 1 && size <= unpackedSize + 4096L,
          "index.size",
          size + " bytes for " + unpackedSize + " unpacked");
      check(
          sha256.matches("[0-9a-f]{64}"),
          "index.sha256",
          "expected 64 hex digits in small letters, found \"" + sha256 + "\"");
    }
  }

  /** Where the parts end and the signature begins, in bytes. */
  public long cmsOffset() {
    return index.offset + index.size;
  }

  /** The JSON as it is signed: the same manifest always gives the same bytes. */
  public byte[] toJson() {
    ObjectNode root = SignedJson.object();
    root.put("format", format);
    root.put("kind", Kind.DELTA.toString());
    write(from, root.putObject("from"));
    write(to, root.putObject("to"));
    root.putObject("data").put("size", data.size).put("bytesUsed", data.bytesUsed);
    SignedJson.writeVerity(verity, root.putObject("verity"));
    root.putObject("index")
        .put("offset", index.offset)
        .put("size", index.size)
        .put("unpackedSize", index.unpackedSize)
        .put("sha256", index.sha256)
        .put("oldFiles", index.oldFiles)
        .put("patches", index.patches)
        .put("segments", index.segments);
    contentTable.ifPresent(digest -> root.put("contentTable", digest.toString()));
    return SignedJson.bytes(root);
  }

  private static void write(Image image, ObjectNode node) {
    node.put("imageId", image.imageId).put("version", image.version.text());
  }

  /**
   * Reads a manifest whose signature has been verified.
   *
   * @throws ManifestException if it isn't a delta's, or sizes contradict each other
   */
  public static DeltaManifest parse(byte[] json) throws ManifestException {
    JsonFields root = SignedJson.parse(json);
    int format = root.smallNumber("format");
    if (format != Trailer.FORMAT) {
      // Before anything else: another format may have other fields.
      throw new ManifestException(
          "format",
          format + "; this tiu reads format " + Trailer.FORMAT + ". Update tiu on this machine");
    }
    String kind = root.text("kind");
    if (!kind.equals(Kind.DELTA.toString())) {
      throw new ManifestException("kind", "\"" + kind + "\", expected " + Kind.DELTA);
    }
    try {
      JsonFields data = root.object("data");
      return new DeltaManifest(
          format,
          readImage(root.object("from")),
          readImage(root.object("to")),
          new Data(data.number("size"), data.number("bytesUsed")),
          SignedJson.readVerity(root.object("verity")),
          readIndex(root.object("index")),
          root.optionalText("contentTable").map(ContentDigest::parse));
    } catch (IllegalArgumentException e) {
      throw SignedJson.failure(e);
    }
  }

  private static Image readImage(JsonFields image) throws ManifestException {
    return new Image(image.text("imageId"), new Version(image.text("version")));
  }

  private static Index readIndex(JsonFields index) throws ManifestException {
    return new Index(
        index.number("offset"),
        index.smallNumber("size"),
        index.smallNumber("unpackedSize"),
        index.text("sha256"),
        index.smallNumber("oldFiles"),
        index.smallNumber("patches"),
        index.smallNumber("segments"));
  }

  private static void checkEqual(String field, long expected, long found) {
    check(expected == found, field, "expected " + expected + ", found " + found);
  }

  private static void check(boolean right, String field, String problem) {
    if (!right) {
      throw new IllegalArgumentException(field + ": " + problem);
    }
  }
}
