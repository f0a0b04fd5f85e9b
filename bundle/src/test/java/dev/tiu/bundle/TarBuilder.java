package dev.tiu.bundle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Puts together tar archives as hostile as a test wants them. */
final class TarBuilder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TarBuilder file(String name, String content) {
    return entry(name, '0', "", content);
  }

  TarBuilder directory(String name) {
    return entry(name, '5', "", "");
  }

  TarBuilder symlink(String name, String target) {
    return entry(name, '2', target, "");
  }

  TarBuilder hardLink(String name, String target) {
    return entry(name, '1', target, "");
  }

  /** A pax header for the next entry. */
  TarBuilder pax(String key, String value) {
    return entry("pax", 'x', "", paxRecord(key, value));
  }

  static String paxRecord(String key, String value) {
    int length = key.length() + value.length() + 3;
    length += Integer.toString(length + Integer.toString(length).length()).length();
    return length + " " + key + "=" + value + "\n";
  }

  /** Characters are bytes here. */
  TarBuilder entry(String name, char type, String link, String content) {
    byte[] data = content.getBytes(StandardCharsets.ISO_8859_1);
    byte[] header = header(name, type, link, data.length);
    return raw(header).raw(Arrays.copyOf(data, (data.length + 511) / 512 * 512));
  }

  static byte[] header(String name, char type, String link, long size) {
    byte[] header = new byte[512];
    put(header, TarHeader.NAME, name);
    put(header, TarHeader.MODE, "0000644");
    put(header, TarHeader.UID, "0000000");
    put(header, TarHeader.GID, "0000000");
    put(header, TarHeader.LENGTH, String.format("%011o", size));
    put(header, TarHeader.MTIME, String.format("%011o", 1_700_000_000));
    header[TarHeader.TYPE] = (byte) type;
    put(header, TarHeader.LINK, link);
    put(header, TarHeader.MAGIC, "ustar\00000");
    return checked(header);
  }

  static byte[] checked(byte[] header) {
    Arrays.fill(header, TarHeader.CHECKSUM, TarHeader.CHECKSUM + 8, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, TarHeader.CHECKSUM, String.format("%06o\0", sum));
    return header;
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  TarBuilder raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] withoutEnd() {
    return out.toByteArray();
  }

  byte[] build() {
    return raw(new byte[1024]).withoutEnd();
  }
}
