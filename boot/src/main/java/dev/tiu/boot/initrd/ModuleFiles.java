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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A kernel's modules as files of an archive in front of an initrd, for insmod. */
record ModuleFiles(Dir root, Kernel kernel, KernelModules modules) {
  /** A file system's block: of an archive of whole ones, what follows can share its data. */
  static final int BLOCK = 4096;

  private static final int LARGEST = 16 << 20;
  private static final List<String> PACKED = List.of("", ".xz", ".gz", ".zst");

  /** A script of tiu's for initrds. */
  static byte[] script(String name) throws IOException {
    try (InputStream script =
        Objects.requireNonNull(ModuleFiles.class.getResourceAsStream(name), name)) {
      return script.readAllBytes();
    }
  }

  /**
   * Adds them with all that they need, and {@code list}, which says in which order they are loaded.
   *
   * @param names of their files, up to an ending; what the kernel doesn't have as a module is left
   *     out
   * @return one that is missing where modules.dep says it is
   */
  Optional<String> add(CpioArchive archive, String directory, List<String> names)
      throws IOException {
    StringBuilder list = new StringBuilder();
    for (String module : inOrder(names)) {
      String name = module.substring(module.lastIndexOf('/') + 1);
      Optional<byte[]> content = content(kernel.modules().resolve(module));
      if (content.isEmpty()) {
        return Optional.of(module);
      }
      archive.file(directory + "/" + name, content.get());
      list.append(name).append('\n');
    }
    archive.file(directory + "/list", list.toString().getBytes(UTF_8));
    return Optional.empty();
  }

  /** Each behind what it needs, which modules.dep has the other way round. */
  private Set<String> inOrder(List<String> names) {
    Set<String> all = new LinkedHashSet<>();
    for (String wanted : names) {
      for (String module : modules.named(wanted)) {
        List<String> needs = new ArrayList<>(modules.needs().getOrDefault(module, List.of()));
        Collections.reverse(needs);
        all.addAll(needs);
        all.add(module);
      }
    }
    return all;
  }

  /** Unpacked: not every insmod can do that. */
  private Optional<byte[]> content(BytePath module) throws IOException {
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
          return Optional.of(unpacked.readNBytes(LARGEST));
        }
      }
    }
    return Optional.empty();
  }
}
