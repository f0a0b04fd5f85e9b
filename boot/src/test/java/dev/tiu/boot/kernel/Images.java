package dev.tiu.boot.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.GZIPOutputStream;

/** Kernel images that have nothing but what says their version. */
final class Images {
  private Images() {}

  private static ByteBuffer over(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] bzImage(String version) {
    byte[] bytes = new byte[0x4000];
    ByteBuffer image = over(bytes);
    image.putShort(0, (short) 0x5a4d).putInt(0x202, 0x53726448).putShort(0x20e, (short) 0x3000);
    image.put(0x3200, (version + " (builder@host) #1 SMP\0").getBytes(US_ASCII));
    return bytes;
  }

  /** The text lies across the border of two chunks. */
  static byte[] arm64(String version) {
    byte[] bytes = new byte[200_000];
    ByteBuffer image = over(bytes);
    image.putInt(56, 0x644d5241);
    image.put(1000, "Linux version %s (%s)\0".getBytes(US_ASCII));
    image.put(65_530, ("Linux version " + version + " (builder@host) (gcc)\n").getBytes(US_ASCII));
    return bytes;
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** A loader that has what looks like the beginning of a packed image, and then the real one. */
  static byte[] zImage(String version) {
    byte[] packed = gzip(arm64(version));
    byte[] bytes = new byte[0x2000 + packed.length + 100];
    ByteBuffer image = over(bytes);
    image.putInt(0x24, 0x016f2818).put(0x100, new byte[] {0x1f, (byte) 0x8b, 8, 0, 1});
    image.put(0x2000, packed);
    return bytes;
  }

  static byte[] zboot(String version) {
    byte[] packed = gzip(arm64(version));
    byte[] bytes = new byte[0x1000 + packed.length];
    ByteBuffer image = over(bytes);
    image.putShort(0, (short) 0x5a4d).putInt(4, 0x676d697a);
    image.putInt(8, 0x1000).putInt(12, packed.length).put(0x1000, packed);
    return bytes;
  }
}
