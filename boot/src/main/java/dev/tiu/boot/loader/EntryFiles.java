package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootFiles;
import dev.tiu.boot.BootFiles.KernelWithInitrd;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.kernel.RootView;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a boot loader reads of a snapshot, under the names that it looks for.
 *
 * <pre>
 *                 Raspberry Pi                          others
 * kernels         kernel8.img, kernel_2712.img …        linux
 * initrds         initramfs8, initramfs_2712 …          initrd
 * device trees    bcm2….dtb, all in one directory       dtbs/, as the kernel has them; U-Boot only
 * overlays        overlays/, with a README              none
 * </pre>
 *
 * <p>A machine with UEFI has its device tree from its firmware.
 */
public final class EntryFiles {
  private static final BytePath OVERLAYS = BytePath.of("overlays");
  private static final BytePath README = OVERLAYS.resolve("README");
  private static final BytePath KEPT_README = BytePath.of("overlays-README");
  private static final String README_TEXT =
      "The Raspberry Pi's firmware takes overlays from here because this file is here.\n";
  private static final Pattern TREE = Pattern.compile("bcm2[78]\\d\\d-rpi-.*\\.dtb");
  private static final int MOST_LEVELS = 4;

  private final Dir root;
  private final Dir kept;
  private final List<BootFile> files = new ArrayList<>();

  private EntryFiles(Dir root, Dir kept) {
    this.root = root;
    this.kept = kept;
  }

  /**
   * Names them.
   *
   * @param root the snapshot's
   * @param kept {@code N/tiu}, which has the initrds; both stay open as long as the files are used
   * @param architecture as {@code uname -m} says it
   */
  public static List<BootFile> of(
      BootLoaders.Kind kind, BootFiles boot, Dir root, Dir kept, String architecture)
      throws IOException {
    EntryFiles named = new EntryFiles(root, kept);
    switch (kind) {
      case PI -> named.addForPi(boot, architecture);
      case U_BOOT, U_BOOT_BOOTCOUNT, EXTLINUX -> {
        named.addFirst(boot);
        Optional<BytePath> trees = boot.kernel().deviceTrees();
        if (trees.isPresent()) {
          named.addTree(trees.get(), ".dtb", BootFile.DEVICE_TREES, MOST_LEVELS);
        }
      }
      case SYSTEMD_BOOT, GRUB -> named.addFirst(boot);
    }
    return named.files;
  }

  private void addFirst(BootFiles boot) {
    add(boot.kernels().get(0), BootFile.KERNEL, BootFile.INITRD);
  }

  private void add(KernelWithInitrd one, BytePath kernel, BytePath initrd) {
    files.add(new BootFile(kernel, root, one.kernel().image()));
    one.initrd().ifPresent(made -> files.add(new BootFile(initrd, kept, made.path())));
  }

  private void addForPi(BootFiles boot, String architecture) throws IOException {
    for (KernelWithInitrd one : boot.kernels()) {
      String name = one.kernel().firmwareName().orElse(usualName(architecture));
      String initrd = name.replace("kernel", "initramfs").replace(".img", "");
      add(one, BytePath.of(name), BytePath.of(initrd));
    }
    // One package brings the trees for all of its kernels.
    for (KernelWithInitrd one : boot.kernels()) {
      Kernel kernel = one.kernel();
      if (kernel.deviceTrees().isPresent() && addTreesForPi(kernel.deviceTrees().get())) {
        if (kernel.overlays().isPresent()) {
          addTree(kernel.overlays().get(), "", OVERLAYS, 1);
          addReadme();
        }
        return;
      }
    }
  }

  /** Without one the firmware takes no overlay of the set, but those in the root directory. */
  private void addReadme() throws IOException {
    if (isNew(README)) {
      kept.writeAtomically(KEPT_README, README_TEXT.getBytes(UTF_8), 0644);
      files.add(new BootFile(README, kept, KEPT_README));
    }
  }

  /** Of a kernel that wasn't built for the Pi alone. */
  private static String usualName(String architecture) {
    return switch (architecture) {
      case "aarch64" -> "kernel8.img";
      case "armv7l" -> "kernel7.img";
      default -> "kernel.img";
    };
  }

  /** The firmware looks for them beside the kernel; the kernel's source has them by vendor. */
  private boolean addTreesForPi(BytePath trees) throws IOException {
    int before = files.size();
    for (BytePath place : List.of(trees, trees.resolve("broadcom"))) {
      for (DirEntry entry : new RootView(root).list(place)) {
        String name = entry.name().toString();
        if (TREE.matcher(name).matches() && isNew(entry.name())) {
          files.add(new BootFile(entry.name(), root, place.resolve(entry.name())));
        }
      }
    }
    addUnderOwnNames();
    return files.size() > before;
  }

  /**
   * The firmware calls the boards with a BCM2837 by that chip's own number, 2710, where config.txt
   * doesn't say {@code upstream_kernel=1}; kernels that aren't the Raspberry Pi's don't.
   */
  private void addUnderOwnNames() {
    for (BootFile file : List.copyOf(files)) {
      String name = file.name().toString();
      BytePath own =
          BytePath.of(name.replace("bcm2837-", "bcm2710-").replace("-cm3-io3.", "-cm3."));
      if (name.startsWith("bcm2837-") && isNew(own)) {
        files.add(new BootFile(own, root, file.path()));
      }
    }
  }

  private boolean isNew(BytePath name) {
    return files.stream().noneMatch(file -> file.name().equals(name));
  }

  private void addTree(BytePath from, String suffix, BytePath to, int levels) throws IOException {
    for (DirEntry entry : new RootView(root).list(from)) {
      BytePath path = from.resolve(entry.name());
      BytePath name = to.resolve(entry.name());
      if (entry.type() == FileType.DIRECTORY && levels > 1) {
        addTree(path, suffix, name, levels - 1);
      } else if (entry.type() == FileType.REGULAR && entry.name().toString().endsWith(suffix)) {
        files.add(new BootFile(name, root, path));
      }
    }
  }
}
