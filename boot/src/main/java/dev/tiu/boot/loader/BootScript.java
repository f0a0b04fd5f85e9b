package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * A script as U-Boot runs it: its legacy image format ({@code include/image.h}, big-endian).
 *
 * <pre>
 *  0  magic 0x27051956      4  CRC-32 of the header with this field 0
 *  8  time                 12  size of the data         16, 20  load and entry address
 * 24  CRC-32 of the data   28  OS, machine, type, compression, a byte each
 * 32  name, 32 bytes       64  data: size of the script, 0, the script
 * </pre>
 */
final class BootScript {
  private static final int MAGIC = 0x27051956;
  static final int HEADER = 64;
  private static final byte OS_LINUX = 5;
  private static final byte TYPE_SCRIPT = 6;
  private static final int NAME = 32;
  private static final int NAME_SIZE = 32;

  /** {@code IH_ARCH_*}: U-Boot checks none for a script, but shows it. */
  private static final byte ARM64 = 22;

  private BootScript() {}

  /**
   * Packs one.
   *
   * @param name of ASCII, at most 31 characters
   */
  static byte[] of(String name, byte[] text) {
    ByteBuffer data = ByteBuffer.allocate(8 + text.length);
    data.putInt(text.length).putInt(0).put(text);
    ByteBuffer image = ByteBuffer.allocate(HEADER + data.capacity());
    image.putInt(0, MAGIC);
    image.putInt(12, data.capacity());
    image.putInt(24, sum(data.array()));
    image.put(28, OS_LINUX).put(29, ARM64).put(30, TYPE_SCRIPT).put(31, (byte) 0);
    image.put(NAME, name.getBytes(US_ASCII));
    image.putInt(4, sum(image.duplicate().limit(HEADER)));
    image.put(HEADER, data.array());
    return image.array();
  }

  /** The name in a header of {@link #HEADER} bytes; empty if it is something else. */
  static String name(ByteBuffer header) {
    if (header.getInt(0) != MAGIC) {
      return "";
    }
    byte[] name = new byte[NAME_SIZE];
    header.get(NAME, name);
    String text = new String(name, US_ASCII);
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private static int sum(byte[] bytes) {
    return sum(ByteBuffer.wrap(bytes));
  }

  private static int sum(ByteBuffer bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return (int) sum.getValue();
  }
}
