package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.kernel.Firmware;
import dev.tiu.boot.kernel.RootView;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a new boot partition needs before any snapshot is published there: the boot loader itself,
 * as an image brings it, and what leads it to tiu's files.
 *
 * <pre>
 *               of the image                                        on the partition
 * pi            start4.elf, fixup4.dat, bootcode.bin …, where       the same, in its root directory
 *               Firmware finds them
 *               boot/firmware/config.txt                            behind the first sector of config.txt
 * systemd-boot  usr/lib/systemd/boot/efi/systemd-bootx64.efi        EFI/BOOT/BOOTX64.EFI
 *                                                                   loader/loader.conf: a timeout
 * grub          usr/lib/grub/x86_64-efi/monolithic/grubx64.efi      EFI/BOOT/BOOTX64.EFI
 *                                                                   EFI/debian/grub.cfg, or where else
 *                                                                   that program looks
 *               usr/lib/grub/i386-pc                                nothing: see GrubBios
 * u-boot, u-boot-bootcount, extlinux
 *               nothing: the board starts it from elsewhere
 * </pre>
 */
public final class LoaderProgram {
  private static final BytePath CONFIG = BytePath.of("config.txt");
  private static final BytePath LOADER_CONF = BytePath.of("loader/loader.conf");

  /** For a person to reach the menu; the same as in tiu's script for GRUB. */
  private static final String TIMEOUT = "timeout 2\n";

  private static final int TEXT_LIMIT = 1 << 20;
  private static final int PROGRAM_LIMIT = 64 << 20;

  /** Where a GRUB in one file has its prefix: a path without a device, ended by a zero byte. */
  private static final Pattern PREFIX = Pattern.compile("(/EFI/[A-Za-z0-9._-]{1,32})\0");

  private static final String NOTHING_BOOTS = "Nothing would start from the new disk.";

  private final Kind kind;
  private final String architecture;

  /**
   * @param architecture as {@code uname -m} says it
   */
  public LoaderProgram(Kind kind, String architecture) {
    this.kind = kind;
    this.architecture = architecture;
  }

  /**
   * Files of an image, each of which says that it is for this boot loader; none for one that needs
   * no file of it, or that machines of this architecture don't have.
   */
  public List<BytePath> signs() {
    Optional<String> efi = efiName();
    return switch (kind) {
      case PI -> architecture.matches("aarch64|armv[67]l") ? Firmware.signs() : List.of();
      case SYSTEMD_BOOT ->
          efi
              .map(name -> BytePath.of("usr/lib/systemd/boot/efi/systemd-boot" + name + ".efi"))
              .stream()
              .toList();
      case GRUB ->
          Stream.concat(
                  efi.map(LoaderProgram::grubProgram).stream(),
                  GrubBios.signs(architecture).stream())
              .toList();
      case U_BOOT, U_BOOT_BOOTCOUNT, EXTLINUX -> List.of();
    };
  }

  private static BytePath grubProgram(String efiName) {
    return BytePath.of(
        "usr/lib/grub/%s-efi/monolithic/grub%s.efi"
            .formatted(efiName.equals("x64") ? "x86_64" : "arm64", efiName));
  }

  /** Whether there are machines of this architecture with it. */
  public boolean isPossible() {
    return switch (kind) {
      case U_BOOT, U_BOOT_BOOTCOUNT, EXTLINUX -> true;
      case PI, SYSTEMD_BOOT, GRUB -> !signs().isEmpty();
    };
  }

  /** UEFI 2.10, section 3.5.1.1, as far as these machines go. */
  private Optional<String> efiName() {
    return switch (architecture) {
      case "x86_64" -> Optional.of("x64");
      case "aarch64" -> Optional.of("aa64");
      default -> Optional.empty();
    };
  }

  /**
   * Puts it there.
   *
   * @param root of the system whose loader it is
   * @param partition empty until now
   * @param fatUuid the partition's, as an fstab has it
   * @throws BootException if the system hasn't what is needed
   */
  public void put(Dir root, Dir partition, String fatUuid) throws IOException {
    if (!isPossible()) {
      throw new IllegalStateException("%s for %s".formatted(kind.label(), architecture));
    }
    switch (kind) {
      case PI -> putFirmware(root, partition);
      case SYSTEMD_BOOT -> {
        byte[] unused = putEfi(root, partition);
        write(partition, LOADER_CONF, TIMEOUT);
      }
      case GRUB -> {
        if (!has(root, signs().get(0)) && hasAny(root, GrubBios.signs(architecture))) {
          return;
        }
        String directory = prefix(putEfi(root, partition));
        write(
            partition,
            BytePath.of(directory + "/grub.cfg"),
            "search --no-floppy --fs-uuid --set=root %s%nsource /%s%n"
                .formatted(fatUuid, Grub.SCRIPT));
      }
      case U_BOOT, U_BOOT_BOOTCOUNT, EXTLINUX -> {}
    }
  }

  /** The Pi 5 has its firmware in its flash, so that an image without any may be for that. */
  private void putFirmware(Dir root, Dir partition) throws IOException {
    Optional<Firmware> firmware = Firmware.find(root);
    if (firmware.isPresent()) {
      for (BytePath file : firmware.get().files()) {
        try (FileHandle from = root.openFileInRoot(file)) {
          FatFiles.copy(from, partition, file.name());
        }
      }
    }
    Optional<FileHandle> ofImage = new RootView(root).file(BytePath.of("boot/firmware/config.txt"));
    if (ofImage.isPresent()) {
      try (FileHandle file = ofImage.get()) {
        byte[] text = file.stream().readNBytes(TEXT_LIMIT);
        write(partition, CONFIG, Sector.commented(new String(text, UTF_8), PiConfig.OVERRIDE));
      }
    } else {
      write(partition, CONFIG, architecture.equals("aarch64") ? "arm_64bit=1\n" : "");
    }
  }

  private static boolean hasAny(Dir root, List<BytePath> paths) throws IOException {
    for (BytePath path : paths) {
      if (has(root, path)) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(Dir root, BytePath path) throws IOException {
    Optional<FileHandle> file = new RootView(root).file(path);
    file.ifPresent(FileHandle::close);
    return file.isPresent();
  }

  /** The program where firmware looks on a disk that it knows nothing about. */
  private byte[] putEfi(Dir root, Dir partition) throws IOException {
    BytePath sign = signs().get(0);
    Optional<FileHandle> found = new RootView(root).file(sign);
    if (found.isEmpty()) {
      throw new BootException(
          "The image has no /%s, the program of %s".formatted(sign, kind.label()),
          NOTHING_BOOTS,
          "Make the image with it: on Debian, the package %s.".formatted(debianPackage()));
    }
    String name = efiName().orElseThrow().toUpperCase(Locale.ROOT);
    BytePath path = BytePath.of("EFI/BOOT/BOOT" + name + ".EFI");
    FatFiles.makeDirs(partition, path.parent());
    try (FileHandle program = found.get()) {
      FatFiles.copy(program, partition, path);
      return program.stream().readNBytes(PROGRAM_LIMIT);
    }
  }

  private String debianPackage() {
    return kind == Kind.SYSTEMD_BOOT
        ? "systemd-boot"
        : architecture.equals("x86_64") ? "grub-efi-amd64-bin" : "grub-efi-arm64-bin";
  }

  /** Where it looks for its grub.cfg; without a prefix it takes the directory that it lies in. */
  static String prefix(byte[] program) {
    Matcher prefix = PREFIX.matcher(new String(program, ISO_8859_1));
    return prefix.find() ? prefix.group(1).substring(1) : "EFI/BOOT";
  }

  private static void write(Dir partition, BytePath path, String text) throws IOException {
    FatFiles.makeDirs(partition, path.parent());
    FatFiles.replace(partition, path, text.getBytes(UTF_8));
  }
}
