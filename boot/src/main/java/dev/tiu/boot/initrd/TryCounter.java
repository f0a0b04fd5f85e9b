package dev.tiu.boot.initrd;

import dev.tiu.boot.kernel.Kernel;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What makes an initrd count the boots of a snapshot on trial, for a boot loader that can't: an
 * archive of its own in front of it. The kernel unpacks one after the other.
 *
 * <pre>
 * tiu/counts-tries-1    empty; the first file, by which such an initrd is known
 * tiu/count-try         the script
 * tiu/modules/…         what it needs of the kernel to write to a FAT, and list: in which order
 * the hook              what has the initrd's own programs run it
 * </pre>
 *
 * @param archive empty where the initrd can't be made to count
 * @param reason why it can't: {@code has no cat}
 */
record TryCounter(Optional<byte[]> archive, String reason) {
  private static final String SCRIPT = "count-try";

  /**
   * What a mount wants before vfat: the usual code page, and what kernels have as character set.
   * The last resets a Raspberry Pi before the 5th, also where the kernel panics; no initrd has it.
   */
  private static final List<String> MODULES =
      List.of(
          "nls_cp437.ko",
          "nls_ascii.ko",
          "nls_iso8859_1.ko",
          "nls_utf8.ko",
          "vfat.ko",
          "bcm2835_wdt.ko");

  private static CpioArchive begin() {
    return new CpioArchive().file("tiu/counts-tries-1", new byte[0]);
  }

  private static TryCounter impossible(String reason) {
    return new TryCounter(Optional.empty(), reason);
  }

  /**
   * For one initrd.
   *
   * @param root of the snapshot, which has the kernel's modules
   */
  static TryCounter of(InitrdContent initrd, Dir root, Kernel kernel) throws IOException {
    Optional<InitrdHook> hook = InitrdHook.of(initrd);
    if (hook.isEmpty()) {
      return impossible("is none of initramfs-tools, of dracut, or with systemd");
    }
    Optional<String> program = InitrdHook.missingForCounter(initrd);
    if (program.isPresent()) {
      return impossible("has no " + program.get());
    }
    KernelModules modules = KernelModules.read(root, kernel);
    if (!modules.has("vfat.ko")) {
      return impossible("has a kernel that knows no FAT");
    }
    CpioArchive archive = begin().file("tiu/" + SCRIPT, script());
    Optional<String> missing =
        new ModuleFiles(root, kernel, modules).add(archive, "tiu/modules", MODULES);
    if (missing.isPresent()) {
      return impossible("has a kernel whose module " + missing.get() + " is missing");
    }
    hook.get().addCounter(initrd, archive);
    return new TryCounter(Optional.of(archive.complete(ModuleFiles.BLOCK)), "");
  }

  static byte[] script() throws IOException {
    return ModuleFiles.script(SCRIPT);
  }

  /** Whether an initrd has it in front. */
  static boolean isIn(FileHandle initrd) throws IOException {
    byte[] mark = begin().begun();
    if (initrd.status().size() < mark.length) {
      return false;
    }
    byte[] start = new byte[mark.length];
    initrd.readFully(ByteBuffer.wrap(start), 0);
    return Arrays.equals(start, mark);
  }
}
