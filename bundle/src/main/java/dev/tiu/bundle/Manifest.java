package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Glob;
import dev.tiu.verity.HashTree;
import dev.tiu.verity.VerityParameters;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What is signed: the image's description, and the size, place and digest of everything else.
 *
 * <p>The constructors hold every value against the others, so that a manifest that exists describes
 * parts that follow each other without gap or overlap. {@code docs/format.md} has each field.
 * Fields that this code doesn't know are ignored when read; a change that an old reader must not
 * ignore raises {@code format}.
 *
 * @param format of the bundle: {@link Trailer#FORMAT}
 * @param compatible patterns of the devices that this image is for: {@code raspberrypi,*}
 * @param minVersion the oldest version that may be updated to this one
 * @param architecture as {@code uname -m} says it
 * @param created whole seconds
 * @param expires after which the bundle isn't installed any more
 * @param kernelVersion the newest directory of {@code /usr/lib/modules}
 * @param imageOwned paths below {@code var} that are links to what the image has under {@code
 *     usr/lib/sysimage}; in order
 * @param etcPolicies what becomes of paths of {@code /etc}; the last that means a path counts
 * @param boot how the image is to be booted
 */
public record Manifest(
    int format,
    List<String> compatible,
    Version version,
    Optional<Version> minVersion,
    String architecture,
    Instant created,
    Optional<Instant> expires,
    OsRelease osRelease,
    Image image,
    Verity verity,
    Table contentTable,
    Optional<String> kernelVersion,
    List<BytePath> imageOwned,
    List<EtcPolicy> etcPolicies,
    Boot boot) {

  /** Most inodes of an image; the content table is 32 bytes times this, at most 31 MiB. */
  public static final int MAX_INODES = 1_000_000;

  private static final Pattern NAME = Pattern.compile("[!-~]{1,128}");
  private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9_]{1,32}");
  private static final Pattern KERNEL = Pattern.compile("[A-Za-z0-9._+~-]{1,128}");
  private static final int MAX_COMPATIBLE = 64;

  /** Checks what no single part can. */
  public Manifest {
    check(format == Trailer.FORMAT, "format", format + ", expected " + Trailer.FORMAT);
    compatible = List.copyOf(compatible);
    check(
        !compatible.isEmpty() && compatible.size() <= MAX_COMPATIBLE,
        "compatible",
        compatible.size() + " patterns, expected 1 to " + MAX_COMPATIBLE);
    for (String pattern : compatible) {
      checkPattern("compatible", NAME, pattern);
    }
    checkPattern("architecture", ARCHITECTURE, architecture);
    kernelVersion.ifPresent(kernel -> checkPattern("kernelVersion", KERNEL, kernel));
    imageOwned = List.copyOf(imageOwned);
    check(
        imageOwned.size() <= ImageOwned.MAX_PATHS,
        "imageOwned",
        imageOwned.size() + " paths, expected at most " + ImageOwned.MAX_PATHS);
    imageOwned.forEach(Manifest::checkOwned);
    etcPolicies = List.copyOf(etcPolicies);
    check(
        etcPolicies.size() <= EtcPolicy.MAX_POLICIES,
        "etcPolicies",
        etcPolicies.size() + " policies, expected at most " + EtcPolicy.MAX_POLICIES);
    check(
        created.equals(created.truncatedTo(ChronoUnit.SECONDS)),
        "created",
        created + " has a fraction of a second");
    checkEqual("verity.treeOffset", image.size, verity.treeOffset);
    checkEqual("verity.dataBlocks", image.size / VerityParameters.BLOCK_SIZE, verity.dataBlocks);
    checkEqual("contentTable.offset", verity.treeOffset + verity.treeSize, contentTable.offset);
    checkEqual("contentTable.size", (long) image.inodes * ContentTable.ENTRY, contentTable.size);
  }

  /** Where the parts end and the signature begins, in bytes. */
  public long cmsOffset() {
    return contentTable.offset + contentTable.size;
  }

  /** Whether the image is for a device of this name. */
  public boolean isCompatibleWith(String device) {
    return compatible.stream().anyMatch(pattern -> Glob.ofName(pattern).matches(device));
  }

  /** The JSON as it is signed: the same manifest always gives the same bytes. */
  public byte[] toJson() {
    return ManifestJson.write(this);
  }

  /**
   * Reads a manifest whose signature has been verified.
   *
   * @throws ManifestException if it isn't JSON, a field is missing, or sizes contradict each other
   */
  public static Manifest parse(byte[] json) throws ManifestException {
    return ManifestJson.parse(json);
  }

  /**
   * What the image's {@code os-release} says; texts for people, not verified against anything, but
   * short and without control characters, so that they can be printed.
   */
  public record OsRelease(
      Optional<String> id,
      Optional<String> versionId,
      Optional<String> prettyName,
      Optional<String> versionCodename) {
    /** An image without an os-release. */
    public static final OsRelease NONE =
        new OsRelease(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private static final int MAX_LENGTH = 256;

    /** Checks that the texts can be printed. */
    public OsRelease {
      id.ifPresent(text -> checkPrintable("osRelease.id", text));
      versionId.ifPresent(text -> checkPrintable("osRelease.versionId", text));
      prettyName.ifPresent(text -> checkPrintable("osRelease.prettyName", text));
      versionCodename.ifPresent(text -> checkPrintable("osRelease.versionCodename", text));
    }

    private static void checkPrintable(String field, String text) {
      check(isPrintable(text), field, "longer than 256 characters, or has a control character");
    }

    static boolean isPrintable(String text) {
      return text.length() <= MAX_LENGTH && text.chars().noneMatch(Character::isISOControl);
    }
  }

  /**
   * How the image is to be booted.
   *
   * @param initrd where its initrd comes from, {@code regenerate}, {@code image} or {@code none};
   *     as the device has it if empty
   * @param kernelArguments as a kernel's command line has them
   */
  public record Boot(Optional<String> initrd, Optional<String> kernelArguments) {
    /** An image that leaves it to the device. */
    public static final Boot UNSPECIFIED = new Boot(Optional.empty(), Optional.empty());

    private static final Pattern INITRD = Pattern.compile("regenerate|image|none");
    private static final Pattern ARGUMENTS = Pattern.compile("[ -~]{1,2047}");

    /** Checks the texts; what the arguments say is the device's matter. */
    public Boot {
      initrd.ifPresent(policy -> checkPattern("initrd", INITRD, policy));
      kernelArguments.ifPresent(text -> checkPattern("kernelArguments", ARGUMENTS, text));
    }
  }

  /**
   * The squashfs at the start of the bundle.
   *
   * @param size in bytes, padded with zeros to a multiple of 4096
   * @param bytesUsed without the padding
   * @param uncompressedBytes all files' sizes, each inode once
   * @param compression zstd, xz, gzip, lz4 or lzo
   * @param blockSize in bytes, a power of two from 4096 to 1 MiB
   */
  public record Image(
      long size,
      long bytesUsed,
      long uncompressedBytes,
      int inodes,
      String compression,
      int blockSize) {
    private static final Set<String> COMPRESSIONS = Set.of("zstd", "xz", "gzip", "lz4", "lzo");
    private static final int SUPERBLOCK = 96;

    /** Checks the sizes. */
    public Image {
      long max = VerityParameters.MAX_DATA_BLOCKS * VerityParameters.BLOCK_SIZE;
      check(
          size > 0 && size <= max && size % VerityParameters.BLOCK_SIZE == 0,
          "image.size",
          size + " bytes, expected a multiple of 4096 up to " + max);
      check(
          bytesUsed >= SUPERBLOCK
              && bytesUsed <= size
              && size - bytesUsed < VerityParameters.BLOCK_SIZE,
          "image.bytesUsed",
          bytesUsed + " of " + size + " bytes");
      check(uncompressedBytes >= 0, "image.uncompressedBytes", uncompressedBytes + " bytes");
      check(
          inodes >= 1 && inodes <= MAX_INODES,
          "image.inodes",
          inodes + ", expected 1 to " + MAX_INODES);
      check(
          COMPRESSIONS.contains(compression),
          "image.compression",
          "\"" + compression + "\", expected one of " + COMPRESSIONS.stream().sorted().toList());
      check(
          blockSize >= 4096 && blockSize <= 1 << 20 && Integer.bitCount(blockSize) == 1,
          "image.blockSize",
          blockSize + " bytes, expected a power of two from 4096 to 1048576");
    }
  }

  /**
   * The dm-verity tree behind the image; the values are those that veritysetup takes.
   *
   * @param salt hex
   * @param rootHash hex
   * @param treeOffset of the verity superblock from the start of the bundle, in bytes
   * @param treeSize with the superblock's block, in bytes
   */
  public record Verity(
      int version,
      String hashAlgorithm,
      int dataBlockSize,
      int hashBlockSize,
      long dataBlocks,
      String salt,
      String rootHash,
      long treeOffset,
      long treeSize,
      UUID uuid) {

    /** Checks the sizes and that hex is hex. */
    public Verity {
      checkEqual("verity.version", 1, version);
      check(
          hashAlgorithm.equals("sha256"),
          "verity.hashAlgorithm",
          "\"" + hashAlgorithm + "\", expected sha256");
      checkEqual("verity.dataBlockSize", VerityParameters.BLOCK_SIZE, dataBlockSize);
      checkEqual("verity.hashBlockSize", VerityParameters.BLOCK_SIZE, hashBlockSize);
      check(
          dataBlocks >= 1 && dataBlocks <= VerityParameters.MAX_DATA_BLOCKS,
          "verity.dataBlocks",
          dataBlocks + ", expected 1 to " + VerityParameters.MAX_DATA_BLOCKS);
      check(
          isHex(salt) && salt.length() <= 2 * VerityParameters.MAX_SALT_SIZE,
          "verity.salt",
          "expected at most 512 hex digits, found \"" + salt + "\"");
      checkDigest("verity.rootHash", rootHash);
      checkEqual("verity.treeSize", HashTree.sizeOnDisk(dataBlocks), treeSize);
    }

    /** As the verity module takes them. */
    public VerityParameters parameters() {
      return new VerityParameters(
          dataBlockSize, hashBlockSize, dataBlocks, HexFormat.of().parseHex(salt));
    }

    byte[] rootHashBytes() {
      return HexFormat.of().parseHex(rootHash);
    }
  }

  /**
   * The content table.
   *
   * @param offset from the start of the bundle, in bytes
   * @param size in bytes
   * @param sha256 of the whole table, hex
   */
  public record Table(long offset, long size, String sha256) {
    /** Checks that hex is hex. */
    public Table {
      checkDigest("contentTable.sha256", sha256);
    }
  }

  private static boolean isHex(String text) {
    return text.length() % 2 == 0
        && text.equals(text.toLowerCase(Locale.ROOT))
        && text.chars().allMatch(HexFormat::isHexDigit);
  }

  private static void checkDigest(String field, String hex) {
    check(
        hex.length() == 64 && isHex(hex),
        field,
        "expected 64 hex digits in small letters, found \"" + hex + "\"");
  }

  private static void checkPattern(String field, Pattern pattern, String text) {
    check(
        pattern.matcher(text).matches(),
        field,
        "\"" + text + "\" has other characters or another length than " + pattern);
  }

  private static void checkOwned(BytePath path) {
    try {
      ImageOwned.check(path);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("imageOwned: " + e.getMessage(), e);
    }
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
