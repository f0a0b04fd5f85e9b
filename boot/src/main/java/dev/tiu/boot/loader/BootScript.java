package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

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
  private static final int HEADER = 64;
  private static final byte OS_LINUX = 5;
  private static final byte TYPE_SCRIPT = 6;
  private static final int NAME = 32;

  /** {@code IH_ARCH_*}: U-Boot checks none for a script, but shows it. */
  private static final byte ARM64 = 22;

  private BootScript() {}

  static byte[] of(String script) {
    byte[] text = script.getBytes(UTF_8);
    ByteBuffer data = ByteBuffer.allocate(8 + text.length);
    data.putInt(text.length).putInt(0).put(text);
    ByteBuffer image = ByteBuffer.allocate(HEADER + data.capacity());
    image.putInt(0, MAGIC);
    image.putInt(12, data.capacity());
    image.putInt(24, sum(data.array()));
    image.put(28, OS_LINUX).put(29, ARM64).put(30, TYPE_SCRIPT).put(31, (byte) 0);
    image.put(NAME, "tiu".getBytes(UTF_8));
    image.putInt(4, sum(image.duplicate().limit(HEADER)));
    image.put(HEADER, data.array());
    return image.array();
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
