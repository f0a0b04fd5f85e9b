package dev.tiu;

import dev.tiu.bundle.Manifest;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An image mounted through the kernel's own dm-verity, which checks every block that is read.
 *
 * <p>The root hash that the kernel is given comes from the signed manifest, so the file may change
 * after the signature was verified: what doesn't fit is an I/O error then.
 */
final class VerityMount {
  /** What all mappings of ours begin with; umount touches no others. */
  static final String PREFIX = "tiu-";

  private static final String MAPPER = "/dev/mapper/";
  private static final int ID_DIGITS = 12;

  private final ProgramRunner programs;

  VerityMount(ProgramRunner programs) {
    this.programs = programs;
  }

  /** A mapping's name; the process makes it unique, so that an image can be mounted twice. */
  static String name(String imageId, long process) {
    return PREFIX + imageId.substring(0, ID_DIGITS) + "-" + process;
  }

  /**
   * Mounts an image read-only; nothing is left when that fails.
   *
   * @param verity from the signed manifest
   * @param name of the mapping
   */
  void mount(Manifest.Verity verity, String name, Path file, Path directory) throws IOException {
    String path = file.toRealPath().toString();
    open(
        Command.of(
            "veritysetup",
            "open",
            path,
            name,
            path,
            verity.rootHash(),
            "--hash-offset=" + verity.treeOffset()));
    try {
      programs.run(
          Command.of("mount", "-t", "squashfs", "-o", "ro", MAPPER + name, directory.toString()));
    } catch (IOException e) {
      try {
        close(name);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private void open(Command command) throws IOException {
    try {
      programs.run(command);
    } catch (CommandException e) {
      String error = e.errorTail().toLowerCase(Locale.ROOT);
      if (error.contains("device-mapper") || error.contains("dm_mod")) {
        throw new IOException(
            "this kernel has no dm-verity (CONFIG_DM_VERITY, modules dm_mod and dm_verity), so it"
                + " can't mount the image. `tiu extract` unpacks it instead. "
                + e.getMessage(),
            e);
      }
      throw e;
    }
  }

  /**
   * Unmounts what {@link #mount} mounted, and closes its mapping.
   *
   * @param source the mount's device
   */
  void unmount(Path directory, String source) throws IOException {
    if (!source.startsWith(MAPPER + PREFIX)) {
      throw new UsageException(
          "%s is mounted from %s, not by `tiu mount`".formatted(directory, source));
    }
    programs.run(Command.of("umount", directory.toString()));
    close(source.substring(MAPPER.length()));
  }

  private void close(String name) throws IOException {
    programs.run(Command.of("veritysetup", "close", name));
  }

  /** A mount point that can be one, as the kernel names it. */
  static Path mountPoint(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new UsageException(directory + " isn't a directory");
    }
    return directory.toRealPath();
  }
}
