package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tiu.boot.BootException;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A kernel that unpacks itself as a program of EFI's ({@code CONFIG_EFI_ZBOOT}), which nothing but
 * EFI starts.
 *
 * <p>Source: {@code drivers/firmware/efi/libstub/zboot-header.S}: "MZ" at 0, "zimg" at 4.
 */
final class ZbootKernel {
  private static final int HEADER = 8;

  private ZbootKernel() {}

  /**
   * Refuses one.
   *
   * @param loader its name, for the message
   */
  static void refuse(int snapshot, BootFile kernel, String loader) throws IOException {
    if (isOne(kernel)) {
      throw new BootException(
          "The kernel of snapshot %d, %s, unpacks itself by EFI (CONFIG_EFI_ZBOOT): %s can't start it"
              .formatted(snapshot, kernel.path(), loader),
          FatFiles.AS_IT_WAS,
          "Make the image with a kernel that is built without that, as Debian's and Raspberry Pi OS's"
              + " are.");
    }
  }

  private static boolean isOne(BootFile kernel) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    try (FileHandle file = kernel.from().openFile(kernel.path())) {
      if (file.status().size() < HEADER) {
        return false;
      }
      file.readFully(header, 0);
    }
    String text = new String(header.array(), US_ASCII);
    return text.startsWith("MZ") && text.endsWith("zimg");
  }
}
