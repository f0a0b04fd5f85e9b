package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One 512-byte header block of a tar archive, and its fields' places.
 *
 * <pre>
 *   0 100 name      136 12 mtime      257  6 magic      345 155 prefix (ustar)
 * 100   8 mode      148  8 checksum   265 32 uname      386  96 sparse (old GNU)
 * 108   8 uid       156  1 type       297 32 gname      482   1 isextended (old GNU)
 * 116   8 gid       157 100 linkname  329  8 devmajor   483  12 realsize (old GNU)
 * 124  12 size                        337  8 devminor
 * </pre>
 *
 * <p>Numbers are octal text, or binary big-endian with the first byte's high bit set (GNU, star).
 * Source: POSIX pax "ustar Interchange Format", and GNU tar's manual, "Basic Tar Format".
 */
final class TarHeader {
  static final int SIZE = 512;

  static final int NAME_LENGTH = 100;

  static final int NAME = 0;
  static final int MODE = 100;
  static final int UID = 108;
  static final int GID = 116;
  static final int LENGTH = 124;
  static final int MTIME = 136;
  static final int CHECKSUM = 148;
  static final int TYPE = 156;
  static final int LINK = 157;
  static final int MAGIC = 257;
  static final int DEV_MAJOR = 329;
  static final int DEV_MINOR = 337;
  static final int PREFIX = 345;
  static final int OLD_SPARSE = 386;
  static final int OLD_SPARSE_EXTENDED = 482;
  static final int OLD_SPARSE_SIZE = 483;

  private static final byte[] USTAR = {'u', 's', 't', 'a', 'r', 0};

  private final byte[] block;

  TarHeader(byte[] block) {
    this.block = block;
  }

  boolean isZero() {
    return Arrays.equals(block, new byte[SIZE]);
  }

  /** Whether the checksum is right, counted with unsigned bytes or, as some old tars, signed. */
  boolean checksumMatches() {
    long expected = number(CHECKSUM, 8);
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < SIZE; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM + 8 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    return expected == unsigned || expected == signed;
  }

  char type() {
    return (char) (block[TYPE] & 0xff);
  }

  /** The name with ustar's prefix, if the header is of that kind. */
  byte[] name() {
    byte[] name = text(NAME, NAME_LENGTH);
    byte[] prefix = isUstar() ? text(PREFIX, 155) : new byte[0];
    if (prefix.length == 0) {
      return name;
    }
    byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    joined[prefix.length] = '/';
    System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
    return joined;
  }

  /** POSIX's ustar; GNU's own format has "ustar " there, and other things in place of prefix. */
  private boolean isUstar() {
    return Arrays.equals(block, MAGIC, MAGIC + USTAR.length, USTAR, 0, USTAR.length);
  }

  /** Bytes up to the first NUL. */
  byte[] text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(block, offset, end);
  }

  /**
   * A number.
   *
   * @throws NumberFormatException if it is neither octal nor binary, or needs more than 63 bits
   */
  long number(int offset, int length) {
    if ((block[offset] & 0x80) != 0) {
      return binary(offset, length);
    }
    String digits = new String(text(offset, length), StandardCharsets.ISO_8859_1).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new NumberFormatException(
          "\"" + BytePath.display(text(offset, length)) + "\" isn't an octal number");
    }
  }

  private long binary(int offset, int length) {
    boolean negative = block[offset] == (byte) 0xff;
    long value = negative ? -1 : block[offset] & 0x7f;
    for (int i = offset + 1; i < offset + length; i++) {
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw new NumberFormatException("a binary number of more than 63 bits");
      }
      value = value << 8 | (block[i] & 0xff);
    }
    return value;
  }
}
