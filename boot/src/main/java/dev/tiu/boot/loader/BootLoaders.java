package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.PiFirmware.Reboot;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The boot loaders that there are, and which one a boot partition has. */
public final class BootLoaders {
  /** A boot loader, as {@code [boot] loader} names it. */
  public enum Kind {
    PI,
    SYSTEMD_BOOT,
    GRUB,
    U_BOOT,
    U_BOOT_BOOTCOUNT,
    EXTLINUX;

    /** As the configuration writes it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of that label; U-Boot's own people write it in one word. */
    public static Optional<Kind> find(String label) {
      if (label.equals("uboot")) {
        return Optional.of(U_BOOT);
      }
      for (Kind kind : values()) {
        if (kind.label().equals(label)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }

    /** All labels, for messages. */
    public static String labels() {
      return List.of(values()).stream().map(Kind::label).collect(Collectors.joining(", "));
    }
  }

  private final Dir partition;
  private final boolean running;
  private final Optional<Boolean> tryboot;

  /**
   * @param partition the boot partition's root
   * @param running whether it is that of the running machine, which can be asked more
   * @param tryboot whether a Raspberry Pi's kernel tells its firmware of a trial; if empty, the
   *     running kernel's name tells
   */
  public BootLoaders(Dir partition, boolean running, Optional<Boolean> tryboot) {
    this.partition = partition;
    this.running = running;
    this.tryboot = tryboot;
  }

  /** A boot loader of that kind, whatever lies there. */
  public BootLoader of(Kind kind) throws IOException {
    return switch (kind) {
      case PI ->
          new PiFirmware(
              partition,
              tryboot(),
              running ? Reboot.OF_THIS_MACHINE : Reboot.OF_ANOTHER_MACHINE,
              () -> FatVolume.idOf(partition),
              Path.of("/run/tiu-trial/counted"));
      case SYSTEMD_BOOT ->
          new SystemdBoot(partition, running ? LoaderVariables.ofMachine() : LoaderVariables.NONE);
      case GRUB -> new Grub(partition);
      case U_BOOT -> new UBoot(partition);
      case U_BOOT_BOOTCOUNT -> bootcount();
      case EXTLINUX -> new Extlinux(partition);
    };
  }

  private UBootBootcount bootcount() throws IOException {
    return running
        ? new UBootBootcount(partition, FwEnvironment.ofMachine(), BootCount.ofMachine())
        : new UBootBootcount(partition, BoardEnvironment.NONE, Optional.empty());
  }

  private Counting tryboot() throws IOException {
    boolean supported = tryboot.isPresent() ? tryboot.get() : !running || Tryboot.isSupported();
    return supported ? Counting.ONCE : Counting.TRIES;
  }

  /**
   * Which one it is, by what lies there; empty if nothing of any does.
   *
   * @throws BootException if there are signs of more than one
   */
  public Optional<Kind> detect() throws IOException {
    List<Kind> found = new ArrayList<>();
    TreeSet<String> signs = new TreeSet<>();
    for (Kind kind : Kind.values()) {
      Optional<String> sign = sign(kind);
      if (sign.isPresent()) {
        found.add(kind);
        signs.add("%s (%s)".formatted(kind.label(), sign.get()));
      }
    }
    if (found.size() > 1) {
      throw new BootException(
          "The boot partition has files of more than one boot loader: " + String.join(", ", signs),
          "Nothing was changed.",
          "Say which one the machine starts, in /etc/tiu/tiu.toml: [boot] loader = \"%s\"."
              .formatted(found.get(0).label()));
    }
    return found.stream().findFirst();
  }

  private Optional<String> sign(Kind kind) throws IOException {
    return switch (kind) {
      case PI -> first(List.of("bootcode.bin", "start4.elf", "start.elf", "config.txt"));
      case SYSTEMD_BOOT -> {
        Optional<String> program = below("EFI/systemd", "systemd-boot.*\\.efi");
        yield program.isPresent() ? program : first(List.of("loader/loader.conf"));
      }
      case GRUB -> {
        Optional<String> direct = first(List.of("tiu/grub.cfg", "grub/grub.cfg", "grub2/grub.cfg"));
        yield direct.isPresent() ? direct : grubOfDistribution();
      }
      case U_BOOT -> countsByItself() ? Optional.empty() : first(List.of("boot.scr"));
      case U_BOOT_BOOTCOUNT -> countsByItself() ? first(List.of("boot.scr")) : Optional.empty();
      case EXTLINUX -> first(List.of("extlinux/extlinux.conf"));
    };
  }

  /** By the script that was put there; else where U-Boot has shown it. */
  private boolean countsByItself() throws IOException {
    Optional<UBootScript> script = UBootScript.find(partition);
    return script.filter(UBootScript.COUNTED_BY_BUILD::equals).isPresent()
        || (running
            && script.isPresent()
            && new UBoot(partition).decision().trial().isEmpty()
            && bootcount().hasShownThatItCounts());
  }

  private Optional<String> first(List<String> names) throws IOException {
    for (String name : names) {
      if (partition.find(BytePath.of(name)).isPresent()) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  private Optional<String> below(String directory, String pattern) throws IOException {
    BytePath path = BytePath.of(directory);
    if (partition.find(path).filter(s -> s.type() == FileType.DIRECTORY).isEmpty()) {
      return Optional.empty();
    }
    try (Dir dir = partition.openDir(path)) {
      return dir.list().stream()
          .map(entry -> entry.name().toString())
          .filter(name -> name.toLowerCase(Locale.ROOT).matches(pattern))
          .map(name -> directory + "/" + name)
          .findFirst();
    }
  }

  private Optional<String> grubOfDistribution() throws IOException {
    BytePath efi = BytePath.of("EFI");
    if (partition.find(efi).filter(s -> s.type() == FileType.DIRECTORY).isEmpty()) {
      return Optional.empty();
    }
    try (Dir dir = partition.openDir(efi)) {
      for (DirEntry vendor : dir.list()) {
        Optional<String> found = below("EFI/" + vendor.name(), "grub\\.cfg");
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
