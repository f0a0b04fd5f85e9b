package dev.tiu.e2e.image;

import dev.tiu.linux.Access;
import dev.tiu.linux.Command;
import dev.tiu.linux.LoopDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * A disk with a Debian on btrfs as its installer lays it out: root in {@code @rootfs}, the EFI
 * system partition at /boot/efi. That one is empty: a boot loader is installed by the system
 * itself, which for the first time is started with its kernel and initrd from the host.
 *
 * @param image raw
 * @param kernel a copy of the one in it
 * @param arguments that the kernel needs
 */
public record ForeignDisk(Path image, Path kernel, Path initrd, String arguments) {
  private static final long MIB = 1 << 20;
  private static final long SIZE = 5 << 10;
  private static final long ESP = 512;
  private static final Duration UNPACK = Duration.ofMinutes(10);

  private static final String FILL =
      """
      set -euo pipefail
      mount "$1" "$2"
      trap 'umount "$2"' EXIT
      btrfs subvolume create "$2/@rootfs"
      tar --extract --numeric-owner --xattrs --xattrs-include='*' --file "$3" --directory "$2/@rootfs"
      cat >"$2/@rootfs/etc/fstab" <<END
      UUID=$4 / btrfs defaults,subvol=@rootfs 0 0
      UUID=$5 /boot/efi vfat umask=0077 0 1
      END
      cp "$2"/@rootfs/boot/vmlinuz-* "$6"
      cp "$2"/@rootfs/boot/initrd.img-* "$7"
      """;

  /**
   * Made in that directory.
   *
   * @param system whose root tree it has, with tiu as a package would bring it
   */
  public static ForeignDisk of(TestBundle system, Path directory) throws IOException {
    Path archive = Files.copy(system.root().archive(), directory.resolve("system.tar"));
    TestBundle.addTiu(
        TiuProgram.built(),
        system.keys(),
        Files.createDirectory(directory.resolve("add")),
        archive);
    Path image = directory.resolve("foreign.img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE * MIB);
    }
    String table = "label: gpt\nstart=1MiB, size=%dMiB, type=U\ntype=L\n".formatted(ESP);
    Command.of("bash", "-c", "printf %s \"$1\" | sfdisk --quiet \"$2\"", "sh", table, "" + image)
        .run();
    try (LoopDevice esp = LoopDevice.attach(image, Access.WRITABLE, MIB, ESP * MIB)) {
      Command.of("mkfs.vfat", "-F", "32", "-i", "0A1B2C3D", "" + esp.path()).run();
    }
    Path kernel = directory.resolve("vmlinuz");
    Path initrd = directory.resolve("initrd");
    String uuid = UUID.randomUUID().toString();
    long start = (1 + ESP) * MIB;
    try (LoopDevice root =
        LoopDevice.attach(image, Access.WRITABLE, start, SIZE * MIB - start - MIB)) {
      Command.of("mkfs.btrfs", "--quiet", "--uuid", uuid, "" + root.path()).run();
      Path mounted = Files.createDirectory(directory.resolve("mounted"));
      Command.of(
              "unshare",
              "--mount",
              "bash",
              "-c",
              FILL,
              "fill",
              "" + root.path(),
              "" + mounted,
              "" + archive,
              uuid,
              "0A1B-2C3D",
              "" + kernel,
              "" + initrd)
          .timeLimit(UNPACK)
          .run();
    }
    Files.delete(archive);
    String arguments =
        "root=UUID=%s rootflags=subvol=@rootfs rw console=%s"
            .formatted(uuid, system.root().architecture().console());
    return new ForeignDisk(image, kernel, initrd, arguments);
  }
}
