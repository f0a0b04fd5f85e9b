package dev.tiu.boot.loader;

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

/**
 * What a boot loader reads of a snapshot, under the names that it looks for.
 *
 * <pre>
 *                 Raspberry Pi                          others
 * kernels         kernel8.img, kernel_2712.img …        linux
 * initrds         initramfs8, initramfs_2712 …          initrd
 * device trees    bcm27….dtb, all in one directory      dtbs/, as the kernel has them; U-Boot only
 * overlays        overlays/                             none
 * </pre>
 *
 * <p>A machine with UEFI has its device tree from its firmware.
 */
public final class EntryFiles {
  private static final BytePath OVERLAYS = BytePath.of("overlays");
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
        }
        return;
      }
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
        if (name.startsWith("bcm27") && name.endsWith(".dtb") && isNew(entry.name())) {
          files.add(new BootFile(entry.name(), root, place.resolve(entry.name())));
        }
      }
    }
    return files.size() > before;
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
