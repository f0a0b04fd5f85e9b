package dev.tiu.linux;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where programs lie, and which Debian package brings them. */
final class Programs {
  private static final Map<String, String> DEBIAN_PACKAGES =
      Map.ofEntries(
          Map.entry("mksquashfs", "squashfs-tools"),
          Map.entry("unsquashfs", "squashfs-tools"),
          Map.entry("veritysetup", "cryptsetup-bin"),
          Map.entry("fsverity", "fsverity"),
          Map.entry("openssl", "openssl"),
          Map.entry("btrfs", "btrfs-progs"),
          Map.entry("mkfs.btrfs", "btrfs-progs"),
          Map.entry("mmdebstrap", "mmdebstrap"),
          Map.entry("zstd", "zstd"),
          Map.entry("xz", "xz-utils"),
          Map.entry("lzop", "lzop"),
          Map.entry("lz4", "lz4"),
          Map.entry("setfattr", "attr"),
          Map.entry("getfattr", "attr"),
          Map.entry("setfacl", "acl"),
          Map.entry("getfacl", "acl"),
          Map.entry("setcap", "libcap2-bin"),
          Map.entry("snapper", "snapper"),
          Map.entry("rsync", "rsync"),
          Map.entry("dracut", "dracut-core"),
          Map.entry("update-initramfs", "initramfs-tools"),
          Map.entry("grub-install", "grub2-common"),
          Map.entry("grub-editenv", "grub-common"),
          Map.entry("bootctl", "systemd-boot"),
          Map.entry("systemctl", "systemd"),
          Map.entry("fw_setenv", "libubootenv-tool"),
          Map.entry("visudo", "sudo"),
          Map.entry("sshd", "openssh-server"),
          Map.entry("setsid", "util-linux"),
          Map.entry("setpriv", "util-linux"),
          Map.entry("wipefs", "util-linux"),
          Map.entry("partx", "util-linux"),
          Map.entry("sfdisk", "fdisk"),
          Map.entry("mkfs.vfat", "dosfstools"),
          Map.entry("fsck.vfat", "dosfstools"),
          Map.entry("mcopy", "mtools"));

  private static final List<Path> SYSTEM_DIRECTORIES =
      List.of(Path.of("/usr/local/sbin"), Path.of("/usr/sbin"), Path.of("/sbin"));

  private Programs() {}

  /** The program's file: as it is if it has a slash, else the first of the search path. */
  static Optional<Path> find(String program, String searchPath) {
    if (program.indexOf('/') >= 0) {
      return Optional.of(Path.of(program)).filter(Programs::isProgram);
    }
    List<Path> directories = new ArrayList<>();
    for (String directory : searchPath.split(File.pathSeparator, -1)) {
      // An empty element would mean the working directory: never a place to take programs from.
      if (!directory.isEmpty()) {
        directories.add(Path.of(directory));
      }
    }
    directories.addAll(SYSTEM_DIRECTORIES);
    return directories.stream()
        .map(directory -> directory.resolve(program))
        .filter(Programs::isProgram)
        .findFirst();
  }

  /** The Debian package that has the program, where that is known. */
  static Optional<String> debianPackage(String program) {
    return Optional.ofNullable(
        DEBIAN_PACKAGES.get(program.substring(program.lastIndexOf('/') + 1)));
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
