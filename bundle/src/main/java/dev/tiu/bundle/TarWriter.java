package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes the plain tar stream that mksquashfs reads: ustar headers, pax records for what doesn't
 * fit into them.
 *
 * <p>Only what mksquashfs 4.5's own reader takes exactly: no owner names (it would prefer them to
 * the numbers), no pax {@code mtime}, no sparse maps.
 */
final class TarWriter {
  /** With room for a NUL, which not every reader can do without. */
  private static final int MAX_NAME = TarHeader.NAME_LENGTH - 1;

  private static final long MAX_OCTAL_7 = (1L << 21) - 1;
  private static final long MAX_OCTAL_11 = (1L << 33) - 1;

  private final OutputStream out;
  private final BytePath top;
  private final byte[] block = new byte[TarHeader.SIZE];
  private final ByteArrayOutputStream pax = new ByteArrayOutputStream();

  /**
   * A writer of one archive.
   *
   * @param top the directory that all entries are put into; the tree's root is that directory
   */
  TarWriter(OutputStream out, BytePath top) {
    this.out = out;
    this.top = top;
  }

  /** Writes what comes before an entry's content. */
  void entry(TreeEntry entry) throws IOException {
    byte[] name = top.resolve(entry.path()).bytes();
    byte[] link =
        entry
            .hardLink()
            .map(target -> top.resolve(target).bytes())
            .orElseGet(() -> entry.target().toArray());
    long uid = Integer.toUnsignedLong(entry.uid());
    long gid = Integer.toUnsignedLong(entry.gid());
    pax.reset();
    addIf(name.length > MAX_NAME, "path", name);
    addIf(link.length > MAX_NAME, "linkpath", link);
    addIf(uid > MAX_OCTAL_7, "uid", ascii(uid));
    addIf(gid > MAX_OCTAL_7, "gid", ascii(gid));
    addIf(entry.size() > MAX_OCTAL_11, "size", ascii(entry.size()));
    for (Map.Entry<String, Bytes> xattr : entry.xattrs().entrySet()) {
      add("SCHILY.xattr." + xattr.getKey(), xattr.getValue().toArray());
    }
    if (pax.size() > 0) {
      byte[] records = pax.toByteArray();
      header('x', new byte[] {'p', 'a', 'x'}, records.length);
      finishHeader();
      out.write(records);
      pad(records.length);
    }
    header(type(entry), cut(name), entry.size() > MAX_OCTAL_11 ? 0 : entry.size());
    octal(TarHeader.MODE, 8, entry.mode());
    octal(TarHeader.UID, 8, uid > MAX_OCTAL_7 ? 0 : uid);
    octal(TarHeader.GID, 8, gid > MAX_OCTAL_7 ? 0 : gid);
    octal(TarHeader.MTIME, 12, entry.mtime());
    octal(TarHeader.DEV_MAJOR, 8, entry.major());
    octal(TarHeader.DEV_MINOR, 8, entry.minor());
    byte[] shortLink = cut(link);
    System.arraycopy(shortLink, 0, block, TarHeader.LINK, shortLink.length);
    finishHeader();
  }

  /** Writes a piece of the content of the entry before. */
  void content(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
  }

  /** Writes the zeros that follow a content of that size. */
  void pad(long size) throws IOException {
    out.write(new byte[(int) (-size & (TarHeader.SIZE - 1))]);
  }

  /** Writes the end mark. */
  void finish() throws IOException {
    out.write(new byte[2 * TarHeader.SIZE]);
    out.flush();
  }

  private static char type(TreeEntry entry) {
    if (entry.hardLink().isPresent()) {
      return '1';
    }
    return switch (entry.type()) {
      case REGULAR -> '0';
      case SYMLINK -> '2';
      case CHARACTER_DEVICE -> '3';
      case BLOCK_DEVICE -> '4';
      case DIRECTORY -> '5';
      case FIFO -> '6';
      case SOCKET -> throw new IllegalArgumentException("a tar archive has no sockets");
    };
  }

  private void header(char type, byte[] name, long size) {
    Arrays.fill(block, (byte) 0);
    System.arraycopy(name, 0, block, TarHeader.NAME, name.length);
    block[TarHeader.TYPE] = (byte) type;
    octal(TarHeader.MODE, 8, 0);
    octal(TarHeader.UID, 8, 0);
    octal(TarHeader.GID, 8, 0);
    octal(TarHeader.MTIME, 12, 0);
    octal(TarHeader.LENGTH, 12, size);
    byte[] magic = "ustar\00000".getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(magic, 0, block, TarHeader.MAGIC, magic.length);
  }

  private void finishHeader() throws IOException {
    Arrays.fill(block, TarHeader.CHECKSUM, TarHeader.CHECKSUM + 8, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(TarHeader.CHECKSUM, 7, sum);
    out.write(block);
  }

  private void octal(int offset, int length, long value) {
    String digits = Long.toOctalString(value);
    int end = offset + length - 1;
    int start = end - digits.length();
    Arrays.fill(block, offset, end, (byte) '0');
    block[end] = 0;
    for (int i = 0; i < digits.length(); i++) {
      block[start + i] = (byte) digits.charAt(i);
    }
  }

  private static byte[] cut(byte[] name) {
    return name.length <= MAX_NAME ? name : Arrays.copyOf(name, MAX_NAME);
  }

  private static byte[] ascii(long number) {
    return Long.toString(number).getBytes(StandardCharsets.ISO_8859_1);
  }

  private void addIf(boolean needed, String key, byte[] value) {
    if (needed) {
      add(key, value);
    }
  }

  /** A record's length counts its own digits. */
  private void add(String key, byte[] value) {
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    int rest = keyBytes.length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length++;
    }
    pax.writeBytes(ascii(length));
    pax.write(' ');
    pax.writeBytes(keyBytes);
    pax.write('=');
    pax.writeBytes(value);
    pax.write('\n');
  }
}
