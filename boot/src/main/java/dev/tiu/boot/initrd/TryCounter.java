package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.kernel.RootView;
import dev.tiu.boot.packed.Packing;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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
  /** A file system's block, so that what follows can share its data. */
  private static final int BLOCK = 4096;

  private static final String SCRIPT = "count-try";
  private static final int LARGEST_MODULE = 16 << 20;
  private static final List<String> PACKED = List.of("", ".xz", ".gz", ".zst");

  /**
   * What a mount wants beside vfat: the usual code page, and what kernels have as character set.
   */
  private static final List<String> NAMES =
      List.of("nls_cp437.ko", "nls_ascii.ko", "nls_iso8859_1.ko", "nls_utf8.ko");

  /** Resets a Raspberry Pi before the 5th, also where the kernel panics; no initrd has it. */
  private static final String WATCHDOG = "bcm2835_wdt.ko";

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
    Optional<CounterHook> hook = CounterHook.of(initrd);
    if (hook.isEmpty()) {
      return impossible("is none of initramfs-tools, of dracut, or with systemd");
    }
    Optional<String> program = CounterHook.missingProgram(initrd);
    if (program.isPresent()) {
      return impossible("has no " + program.get());
    }
    KernelModules modules = KernelModules.read(root, kernel);
    if (!modules.isBuiltIn("vfat.ko") && modules.named("vfat.ko").isEmpty()) {
      return impossible("has a kernel that knows no FAT");
    }
    CpioArchive archive = begin().file("tiu/" + SCRIPT, script());
    StringBuilder list = new StringBuilder();
    for (String module : inOrder(modules)) {
      String name = module.substring(module.lastIndexOf('/') + 1);
      Optional<byte[]> content = content(root, kernel.modules().resolve(module));
      if (content.isEmpty()) {
        return impossible("has a kernel whose module " + module + " is missing");
      }
      archive.file("tiu/modules/" + name, content.get());
      list.append(name).append('\n');
    }
    archive.file("tiu/modules/list", list.toString().getBytes(UTF_8));
    hook.get().add(initrd, archive);
    return new TryCounter(Optional.of(archive.complete(BLOCK)), "");
  }

  static byte[] script() throws IOException {
    try (InputStream script =
        Objects.requireNonNull(TryCounter.class.getResourceAsStream(SCRIPT), SCRIPT)) {
      return script.readAllBytes();
    }
  }

  /** Each behind what it needs, which modules.dep has the other way round. */
  private static Set<String> inOrder(KernelModules modules) {
    Set<String> all = new LinkedHashSet<>();
    for (String wanted : concat(NAMES, "vfat.ko", WATCHDOG)) {
      for (String module : modules.named(wanted)) {
        List<String> needs = new ArrayList<>(modules.needs().getOrDefault(module, List.of()));
        Collections.reverse(needs);
        all.addAll(needs);
        all.add(module);
      }
    }
    return all;
  }

  private static List<String> concat(List<String> names, String... more) {
    List<String> all = new ArrayList<>(names);
    all.addAll(Arrays.asList(more));
    return all;
  }

  /** Unpacked: not every insmod can do that. */
  private static Optional<byte[]> content(Dir root, BytePath module) throws IOException {
    for (String suffix : PACKED) {
      Optional<FileHandle> found =
          new RootView(root).file(module.parent().resolve(module.name() + suffix));
      if (found.isPresent()) {
        try (FileHandle file = found.get();
            BufferedInputStream in = new BufferedInputStream(file.stream())) {
          in.mark(Packing.MAGIC_SIZE);
          Optional<Packing> packing = Packing.of(in.readNBytes(Packing.MAGIC_SIZE));
          in.reset();
          InputStream unpacked = packing.isPresent() ? packing.get().open(in) : in;
          return Optional.of(unpacked.readNBytes(LARGEST_MODULE));
        }
      }
    }
    return Optional.empty();
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
