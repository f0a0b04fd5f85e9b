package dev.tiu.boot.cmdline;

import dev.tiu.boot.BootException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The kernel's command line for one snapshot, and where each argument of it comes from.
 *
 * <p>In this order: what finds the root, tiu's defaults, the image's arguments, the device's files.
 * The kernel and most programs take the last of several arguments with one name, so the device has
 * the last word.
 */
public record CommandLine(List<Line> lines) {
  /** Where an argument comes from. */
  public enum Origin {
    /** tiu's own: without it the snapshot's root isn't found. Nobody else may say it. */
    ROOT,
    /** What tiu adds unless somebody else says an argument of that name. */
    DEFAULT,
    /** The image's manifest. */
    IMAGE,
    /** A file of {@code /etc/tiu/cmdline.d}. */
    DEVICE
  }

  /**
   * An argument.
   *
   * @param file of {@code /etc/tiu/cmdline.d}, or the empty text
   */
  public record Line(KernelArgument argument, Origin origin, String file) {
    /** For people. */
    public String source() {
      return switch (origin) {
        case ROOT -> "tiu, always";
        case DEFAULT -> "tiu, by default";
        case IMAGE -> "image";
        case DEVICE -> "/etc/tiu/cmdline.d/" + file;
      };
    }
  }

  private static final Set<String> OWN = Set.of("root", "rootflags", "ro", "rw");

  /**
   * An initrd that doesn't find its root would wait at a shell for ever, and a kernel that panics
   * would hang. A reboot instead lets a boot loader count. The first is for the kernel and
   * initramfs-tools, the others for dracut.
   */
  private static final KernelArguments DEFAULTS =
      KernelArguments.of("panic=5", "rd.shell=0", "rd.emergency=reboot");

  /** Copies the list. */
  public CommandLine {
    lines = List.copyOf(lines);
  }

  /**
   * What mounts a snapshot as the root.
   *
   * <p>{@code rw}, although that subvolume is read-only and stays so: the mount's flag counts for
   * the live {@code /etc} nested in it too, which is to be writable from the first process on. An
   * initrd takes {@code ro} where neither is said.
   *
   * @param subvolume its path from the file system's top level
   */
  public static KernelArguments root(UUID fileSystem, String subvolume) {
    return KernelArguments.of("root=UUID=" + fileSystem, "rootflags=subvol=" + subvolume, "rw");
  }

  /** Whether it is one that only tiu may say. */
  public static boolean isOwn(KernelArgument argument) {
    return OWN.contains(argument.name());
  }

  /**
   * Puts them together.
   *
   * @param root by {@link #root}
   * @param image the manifest's
   * @throws BootException if image or device say what only tiu may say
   */
  public static CommandLine merge(
      KernelArguments root, KernelArguments image, DeviceArguments device) throws BootException {
    List<Line> lines = new ArrayList<>();
    root.list().forEach(one -> lines.add(new Line(one, Origin.ROOT, "")));
    DEFAULTS.list().forEach(one -> lines.add(new Line(one, Origin.DEFAULT, "")));
    append(lines, image, Origin.IMAGE, "");
    for (ArgumentFile file : device.files()) {
      for (KernelArgument deleted : file.deleted()) {
        requireForeign(new Line(deleted, Origin.DEVICE, file.name()), "deletes");
      }
      lines.removeIf(line -> line.origin() != Origin.ROOT && file.deletes(line.argument()));
      append(lines, file.appended(), Origin.DEVICE, file.name());
    }
    return new CommandLine(lines);
  }

  private static void append(
      List<Line> lines, KernelArguments arguments, Origin origin, String file)
      throws BootException {
    for (KernelArgument argument : arguments.list()) {
      Line added = new Line(argument, origin, file);
      requireForeign(added, "says");
      lines.removeIf(
          line ->
              line.origin() == Origin.DEFAULT && line.argument().name().equals(argument.name()));
      lines.add(added);
    }
  }

  private static void requireForeign(Line line, String does) throws BootException {
    if (isOwn(line.argument())) {
      throw new BootException(
          "The kernel's command line: %s %s %s, which is tiu's own"
              .formatted(
                  line.origin() == Origin.IMAGE ? "the image" : line.source(),
                  does,
                  line.argument()),
          "With another root than the snapshot's the device wouldn't boot what was installed.",
          line.origin() == Origin.IMAGE
              ? "Make the image without it in --kernel-arguments."
              : "Take it out there; options for mounting / belong into /etc/fstab.");
    }
  }

  /** The arguments alone. */
  public KernelArguments arguments() {
    return new KernelArguments(lines.stream().map(Line::argument).toList());
  }
}
