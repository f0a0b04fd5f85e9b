package dev.tiu.bundle;

import dev.tiu.verity.CmsSignature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The last 32 bytes of a bundle or a delta: where the signature lies.
 *
 * <pre>
 *  0  u8[8]  magic      89 54 49 55 0d 0a 1a 0a; a delta's is 89 54 49 44 0d 0a 1a 0a
 *  8  u32    format     1
 * 12  u32    flags      0
 * 16  u64    cmsOffset  of the CMS message, in bytes from the start of the bundle
 * 24  u64    cmsSize    of the CMS message in bytes; it ends where the trailer begins
 * </pre>
 *
 * <p>Numbers are little-endian, as in squashfs and dm-verity. The magic follows PNG's: a byte that
 * isn't text, both line ends and a control-Z, so that a transfer in text mode shows. The kinds have
 * different ones, so that whoever takes one for the other finds out before anything else is read.
 *
 * @param kind what the file is
 * @param cmsOffset in bytes from the start of the bundle
 * @param cmsSize in bytes
 */
public record Trailer(Kind kind, long cmsOffset, long cmsSize) {
  /** Bytes on disk. */
  public static final int SIZE = 32;

  /** The format that this code writes and reads. */
  public static final int FORMAT = 1;

  /** A signature is some kilobytes; more than this is not read at all. */
  public static final int MAX_CMS_SIZE = CmsSignature.MAX_SIZE;

  private static final int MAGIC_SIZE = 8;

  /** Checks the sizes against each other, as far as a trailer alone can tell. */
  public Trailer {
    if (cmsOffset < 0) {
      throw new IllegalArgumentException("the signature's offset is " + cmsOffset);
    }
    if (cmsSize < 1 || cmsSize > MAX_CMS_SIZE) {
      throw new IllegalArgumentException(
          "the signature's size is "
              + Long.toUnsignedString(cmsSize)
              + " bytes, expected 1 to "
              + MAX_CMS_SIZE);
    }
  }

  /** A bundle's trailer. */
  public Trailer(long cmsOffset, long cmsSize) {
    this(Kind.BUNDLE, cmsOffset, cmsSize);
  }

  /** Where the trailer itself begins. */
  public long offset() {
    return cmsOffset + cmsSize;
  }

  /** The bytes as they stand at the end of a bundle. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(SIZE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(kind.magic())
        .putInt(FORMAT)
        .putInt(0)
        .putLong(cmsOffset)
        .putLong(cmsSize)
        .array();
  }

  /** Whose magic these bytes begin with. */
  static Optional<Kind> kindOf(byte[] bytes) {
    byte[] magic = Arrays.copyOf(bytes, MAGIC_SIZE);
    return Arrays.stream(Kind.values())
        .filter(kind -> Arrays.equals(magic, kind.magic()))
        .findFirst();
  }

  /**
   * Reads a trailer strictly.
   *
   * @param bytes the last {@link #SIZE} bytes of the bundle
   * @param kind what the file must be
   * @param source the bundle's name for messages
   * @param bundleSize in bytes; the trailer must describe exactly this file
   * @throws BundleException if it isn't the trailer of this bundle, or of a format not known here
   */
  static Trailer parse(byte[] bytes, Kind kind, String source, long bundleSize)
      throws BundleException {
    long offset = bundleSize - SIZE;
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC_SIZE];
    in.get(magic);
    checkMagic(magic, kind, source, offset);
    checkFormat(in.getInt(), in.getInt(), source, offset);
    Trailer trailer;
    try {
      trailer = new Trailer(kind, in.getLong(), in.getLong());
    } catch (IllegalArgumentException e) {
      throw new BundleException(source, Part.TRAILER, offset, String.valueOf(e.getMessage()));
    }
    if (trailer.cmsOffset > offset || trailer.offset() != offset) {
      throw new BundleException(
          source,
          Part.TRAILER,
          offset,
          "the signature ("
              + trailer.cmsSize
              + " bytes at offset "
              + trailer.cmsOffset
              + ") doesn't end where the trailer begins: the file is cut short or damaged");
    }
    return trailer;
  }

  private static void checkMagic(byte[] magic, Kind kind, String source, long offset)
      throws BundleException {
    if (Arrays.equals(magic, kind.magic())) {
      return;
    }
    Optional<Kind> other = kindOf(magic);
    if (other.isPresent()) {
      throw new BundleException(
          source, Part.TRAILER, offset, "this is a " + other.get() + ", not a " + kind);
    }
    throw new BundleException(
        source,
        Part.TRAILER,
        offset,
        "not a tiu "
            + kind
            + ", or cut short (expected "
            + HexFormat.of().formatHex(kind.magic())
            + ", found "
            + HexFormat.of().formatHex(magic)
            + ")");
  }

  private static void checkFormat(int format, int flags, String source, long offset)
      throws BundleException {
    if (format != FORMAT) {
      throw new BundleException(
          source,
          Part.TRAILER,
          offset,
          "bundle format "
              + Integer.toUnsignedString(format)
              + "; this tiu reads format "
              + FORMAT
              + ". Update tiu on this machine");
    }
    if (flags != 0) {
      throw new BundleException(
          source,
          Part.TRAILER,
          offset,
          "flags " + Integer.toHexString(flags) + " that this tiu doesn't know. Update tiu");
    }
  }
}
