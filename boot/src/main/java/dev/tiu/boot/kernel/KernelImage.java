package dev.tiu.boot.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tiu.boot.packed.Packing;
import dev.tiu.linux.FileHandle;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which version a kernel image is, by what it says itself.
 *
 * <table>
 *   <caption>The formats. Numbers are little-endian.</caption>
 *   <tr><td>x86 bzImage</td><td>"HdrS" at 0x202, u16 at 0x20e: where the version's text lies, less
 *     0x200 ({@code Documentation/arch/x86/boot.rst}, kernel_version)</td></tr>
 *   <tr><td>EFI zboot</td><td>"MZ", "zimg" at 4, u32 offset and size of the packed image at 8, 12
 *     ({@code drivers/firmware/efi/libstub/zboot-header.S})</td></tr>
 *   <tr><td>arm64 Image</td><td>"ARM\x64" at 56; no field for it, so the banner {@code Linux version
 *     V (} is looked for; often packed as a whole</td></tr>
 *   <tr><td>arm zImage</td><td>0x016f2818 at 0x24; a loader, and a packed image behind it</td></tr>
 *   <tr><td>ELF</td><td>the banner</td></tr>
 * </table>
 */
final class KernelImage {
  /** A kernel is some 30 MiB; with all that one can build in, not this much. */
  private static final int MOST = 256 << 20;

  private static final int START = 0x210;
  private static final int HDRS = 0x202;
  private static final int HDRS_MAGIC = 0x53726448;
  private static final int HDRS_VERSION = 0x20e;
  private static final int ZIMG_MAGIC = 0x676d697a;
  private static final int ZIMAGE = 0x24;
  private static final int ZIMAGE_MAGIC = 0x016f2818;
  private static final int LONGEST = 128;

  private KernelImage() {}

  /** Empty where the format isn't known, or no version is found where it should be. */
  static Optional<String> version(FileHandle file) throws IOException {
    byte[] head = file.stream().readNBytes(START);
    ByteBuffer start = ByteBuffer.wrap(Arrays.copyOf(head, START)).order(ByteOrder.LITTLE_ENDIAN);
    if (start.getInt(HDRS) == HDRS_MAGIC) {
      int at = Short.toUnsignedInt(start.getShort(HDRS_VERSION)) + 0x200;
      return text(at(file, at).readNBytes(LONGEST + 1));
    }
    if (start.getShort(0) == 0x5a4d && start.getInt(4) == ZIMG_MAGIC) {
      return packed(file, Integer.toUnsignedLong(start.getInt(8)));
    }
    if (start.getInt(ZIMAGE) == ZIMAGE_MAGIC) {
      return behindLoader(file);
    }
    return Packing.of(head).isPresent() ? packed(file, 0) : Banner.find(file.stream(), MOST);
  }

  private static Optional<String> packed(FileHandle file, long offset) throws IOException {
    Optional<Packing> packing = Packing.of(at(file, offset).readNBytes(Packing.MAGIC_SIZE));
    if (packing.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream image = packing.get().open(at(file, offset))) {
      return Banner.find(image, MOST);
    }
  }

  /** As {@code scripts/extract-vmlinux} does: what looks like a beginning is tried. */
  private static Optional<String> behindLoader(FileHandle file) throws IOException {
    if (file.status().size() > MOST / 4) {
      return Optional.empty();
    }
    byte[] all = file.stream().readAllBytes();
    for (int i = ZIMAGE; i < all.length - Packing.MAGIC_SIZE; i++) {
      for (Packing packing : Packing.values()) {
        if (packing.begins(all, i)) {
          Optional<String> found = tried(packing, new ByteArrayInputStream(all, i, all.length - i));
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> tried(Packing packing, InputStream in) {
    try (InputStream image = packing.open(in)) {
      return Banner.find(image, MOST);
    } catch (IOException e) {
      // The bytes only looked like a beginning.
      return Optional.empty();
    }
  }

  private static InputStream at(FileHandle file, long offset) throws IOException {
    InputStream in = file.stream();
    in.skipNBytes(Math.min(offset, file.status().size()));
    return in;
  }

  /** {@code 6.1.0-9-amd64 (debian-kernel@…) #1 SMP …}, ended by a zero. */
  private static Optional<String> text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] > ' ' && bytes[end] < 0x7f) {
      end++;
    }
    return end == 0 || end > LONGEST
        ? Optional.empty()
        : Optional.of(new String(bytes, 0, end, US_ASCII));
  }
}
