package dev.tiu.e2e.image;

import dev.tiu.boot.disk.Architecture;
import dev.tiu.boot.disk.Consent;
import dev.tiu.boot.disk.DiskIds;
import dev.tiu.boot.disk.DiskShape;
import dev.tiu.boot.disk.NewDisk;
import dev.tiu.boot.disk.PartitionPlan;
import dev.tiu.linux.Command;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;

/**
 * A disk with one system, which machines begin from: FAT and btrfs, laid out by {@code tiu
 * install}.
 *
 * @param image raw
 */
public record BaseDisk(Path image, PartitionPlan plan) {
  private static final long SIZE = 4L << 30;
  private static final long BOOT_SIZE = 256L << 20;
  private static final List<String> SHARED = List.of("var", "home", "root", "srv", "opt");

  /** What a boot loader needs on the FAT. */
  @FunctionalInterface
  public interface BootFiles {
    /**
     * Writes it.
     *
     * @param directory whose content the FAT gets
     * @param commandLine for the kernel, with the root that it shall mount
     */
    void write(RootTree root, Path directory, String commandLine) throws IOException;
  }

  /**
   * From the cache, or made.
   *
   * @param loader what {@code bootFiles} makes, and in which version: files that differ have
   *     another
   */
  public static BaseDisk of(TestBundle bundle, DiskShape shape, String loader, BootFiles bootFiles)
      throws IOException {
    DiskIds ids = DiskIds.random(new Random(loader.hashCode()));
    PartitionPlan plan = PartitionPlan.of(shape.withBootSize(BOOT_SIZE), ids, SIZE);
    List<String> inputs = List.of(bundle.key(), loader, plan.describe(), fstab(plan));
    String name = "disk-" + bundle.root().architecture().debian() + "-" + shape.table();
    Path image =
        Cache.ofUser()
            .get(name, ".img", inputs, part -> new BaseDisk(part, plan).make(bundle, bootFiles));
    return new BaseDisk(image, plan);
  }

  /** GPT, with systemd-boot for UEFI. */
  public static BaseDisk withSystemdBoot(TestBundle bundle) throws IOException {
    Architecture architecture = Architecture.of(bundle.root().architecture().uname());
    return of(bundle, DiskShape.gpt(architecture), "systemd-boot 1", BaseDisk::systemdBoot);
  }

  /** A card for a Raspberry Pi 4, of which nothing is needed but that its files are there. */
  public static BaseDisk forRaspberryPi(TestBundle bundle) throws IOException {
    DiskShape shape = DiskShape.raspberryPi(Architecture.AARCH64);
    return of(bundle, shape, "raspberry pi 1", BaseDisk::raspberryPi);
  }

  private static void raspberryPi(RootTree root, Path card, String commandLine) throws IOException {
    root.extract("./boot/vmlinuz-*", card.resolve("tiu/1/kernel8.img"));
    root.extract("./boot/initrd.img-*", card.resolve("tiu/1/initramfs8"));
    root.extract(
        "./usr/lib/linux-image-*/broadcom/bcm2711-rpi-4-b.dtb",
        card.resolve("tiu/1/bcm2711-rpi-4-b.dtb"));
    Files.writeString(card.resolve("tiu/1/cmdline.txt"), commandLine + "\n");
    Files.writeString(card.resolve("config.txt"), "os_prefix=tiu/1/\nauto_initramfs=1\n");
    Files.write(card.resolve("start4.elf"), new byte[0]);
  }

  /** A disk for U-Boot, which finds its entry in extlinux.conf. */
  public static BaseDisk withExtlinux(TestBundle bundle) throws IOException {
    DiskShape shape = DiskShape.gpt(Architecture.AARCH64);
    return of(bundle, shape, "extlinux 1", BaseDisk::extlinux);
  }

  private static void extlinux(RootTree root, Path boot, String commandLine) throws IOException {
    root.extract("./boot/vmlinuz-*", boot.resolve("tiu/1/linux"));
    root.extract("./boot/initrd.img-*", boot.resolve("tiu/1/initrd"));
    Files.createDirectories(boot.resolve("extlinux"));
    Files.writeString(
        boot.resolve("extlinux/extlinux.conf"),
        """
        default tiu
        timeout 1
        label tiu
          linux /tiu/1/linux
          initrd /tiu/1/initrd
          append %s
        """
            .formatted(commandLine));
  }

  private static void systemdBoot(RootTree root, Path esp, String commandLine) throws IOException {
    String efi =
        switch (root.architecture()) {
          case AMD64 -> "x64";
          case ARM64 -> "aa64";
        };
    root.extract(
        "./usr/lib/systemd/boot/efi/systemd-boot" + efi + ".efi",
        esp.resolve("EFI/BOOT/BOOT" + efi.toUpperCase(java.util.Locale.ROOT) + ".EFI"));
    root.extract("./boot/vmlinuz-*", esp.resolve("tiu/1/linux"));
    root.extract("./boot/initrd.img-*", esp.resolve("tiu/1/initrd"));
    Files.createDirectories(esp.resolve("loader/entries"));
    Files.writeString(esp.resolve("loader/loader.conf"), "timeout 0\n");
    Files.writeString(
        esp.resolve("loader/entries/tiu-1.conf"),
        """
        title tiu 1
        linux /tiu/1/linux
        initrd /tiu/1/initrd
        options %s
        """
            .formatted(commandLine));
  }

  private void make(TestBundle bundle, BootFiles bootFiles) throws IOException {
    Path work = Files.createTempDirectory("base-disk");
    try (NewDisk disk = NewDisk.image(image, plan, Consent.none())) {
      install(disk, bundle, Files.createDirectory(work.resolve("top")));
      Path boot = Files.createDirectory(work.resolve("boot"));
      bootFiles.write(bundle.root(), boot, commandLine(bundle.root()));
      disk.fillBoot(boot);
      disk.commit();
    } finally {
      Command.of("rm", "-rf", "--one-file-system", work.toString()).run();
    }
    // The block map is of no use here.
    Files.deleteIfExists(Path.of(image + ".bmap"));
  }

  private void install(NewDisk disk, TestBundle bundle, Path top) throws IOException {
    Mounts.mount(disk.rootDevice(), top, "btrfs", 0, "subvolid=5");
    try {
      String unused =
          TiuProgram.built()
              .run(
                  "install",
                  "--sysroot",
                  top.toString(),
                  "--keyring",
                  bundle.keyring().toString(),
                  bundle.file().toString());
      Files.writeString(top.resolve("@/.snapshots/1/snapshot/etc/fstab"), fstab(plan));
    } finally {
      Mounts.unmount(top);
    }
  }

  private static String fstab(PartitionPlan plan) {
    String btrfs = "UUID=" + plan.ids().btrfs();
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    lines.add(btrfs + " / btrfs defaults 0 0");
    SHARED.forEach(name -> lines.add("%s /%s btrfs subvol=@/%2$s 0 0".formatted(btrfs, name)));
    lines.add(btrfs + " /usr/local btrfs subvol=@/usr-local 0 0");
    lines.add("UUID=" + plan.ids().fatUuid() + " /efi vfat umask=0077,noatime,nofail 0 0");
    return lines.toString();
  }

  private String commandLine(RootTree root) {
    return "root=UUID=%s rootflags=subvol=@/.snapshots/1/snapshot ro console=%s panic=5"
        .formatted(plan.ids().btrfs(), root.architecture().console());
  }
}
