package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.Scratch;
import dev.tiu.boot.disk.BiosCode;
import dev.tiu.boot.kernel.RootView;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.RoomOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * GRUB for a machine without EFI, made of a system's own modules by its own {@code grub-mkimage}.
 *
 * <p>All modules that tiu's script needs are in the one file, so that nothing of GRUB's lies on the
 * boot partition: what starts there is the same script as under EFI, found as GRUB's own {@code
 * grub.cfg} in its prefix.
 */
public final class GrubBios {
  /** Debian's, Fedora's and Arch's place; SUSE's. */
  private static final List<BytePath> PLACES =
      List.of(BytePath.of("usr/lib/grub/i386-pc"), BytePath.of("usr/share/grub2/i386-pc"));

  private static final List<BytePath> MAKERS =
      List.of(BytePath.of("usr/bin/grub-mkimage"), BytePath.of("usr/bin/grub2-mkimage"));

  private static final BytePath BOOT_IMAGE = BytePath.of("boot.img");
  private static final BytePath CORE_IMAGE = BytePath.of("core.img");
  private static final BytePath CONFIG = BytePath.of("load.cfg");
  private static final BytePath SCRATCH = BytePath.of(".grub-scratch");

  /** To find the script and run it, and what a person needs who is left at GRUB's prompt. */
  private static final List<String> MODULES =
      List.of(
          "biosdisk",
          "part_gpt",
          "fat",
          "btrfs",
          "search",
          "search_fs_uuid",
          "normal",
          "configfile",
          "loadenv",
          "linux",
          "echo",
          "test",
          "true",
          "regexp",
          "ls",
          "cat",
          "halt",
          "reboot");

  private static final int LIMIT = 2 << 20;
  private static final String NOTHING_BOOTS = "Nothing would start from the new disk by BIOS.";

  private GrubBios() {}

  /** Files of an image of which one says that it has this GRUB; none for other architectures. */
  public static List<BytePath> signs(String architecture) {
    return architecture.equals("x86_64")
        ? PLACES.stream().map(place -> place.resolve(BOOT_IMAGE)).toList()
        : List.of();
  }

  /** Programs of an image of which it needs one. */
  public static List<BytePath> makers() {
    return MAKERS;
  }

  /**
   * Makes it.
   *
   * @param root of the system whose GRUB it is, a snapshot
   * @param kept {@code N/tiu} of that
   * @param fatUuid the boot partition's, as an fstab has it
   * @param partition its number on the disk that is started
   * @throws BootException if the system hasn't what is needed, or its program fails
   */
  public static BiosCode make(Dir root, Dir kept, String fatUuid, int partition)
      throws IOException {
    BytePath modules = first(root, signs("x86_64")).parent();
    BytePath maker = first(root, MAKERS);
    Optional<Scratch> made = Scratch.make(root, kept, SCRATCH);
    if (made.isEmpty()) {
      throw new BootException(
          "The image has neither /var/tmp nor /tmp, where GRUB could be put together",
          NOTHING_BOOTS,
          "Make the image with those directories.");
    }
    try (Scratch scratch = made.get()) {
      scratch.dir().writeNew(CONFIG, config(fatUuid).getBytes(UTF_8), 0644);
      run(scratch, argv(maker, modules, scratch.place(), partition));
      byte[] boot = read(root, modules.resolve(BOOT_IMAGE));
      return BiosCode.of(boot, scratch.dir().readAll(CORE_IMAGE, LIMIT));
    } catch (IllegalArgumentException e) {
      throw new BootException(
          "The image's GRUB for BIOS isn't one that tiu knows: " + e.getMessage(),
          NOTHING_BOOTS,
          "Make the image with a GRUB 2.04 or later, or without /%s.".formatted(modules));
    }
  }

  /**
   * What it runs first. The disk that it was started from is looked at before others, as two may
   * have been made of one image.
   */
  static String config(String fatUuid) {
    return "search.fs_uuid %s root $root\nset prefix=($root)/%s\n"
        .formatted(fatUuid, BootSets.PLACE);
  }

  static List<String> argv(BytePath maker, BytePath modules, BytePath scratch, int partition) {
    List<String> argv = new ArrayList<>();
    argv.add("/" + maker);
    argv.add("--directory=/" + modules);
    argv.add("--format=i386-pc");
    argv.add("--prefix=(,gpt%d)/%s".formatted(partition, BootSets.PLACE));
    argv.add("--config=/" + scratch.resolve(CONFIG));
    argv.add("--output=/" + scratch.resolve(CORE_IMAGE));
    argv.addAll(MODULES);
    return argv;
  }

  private static void run(Scratch scratch, List<String> argv) throws IOException {
    RoomOutcome outcome = scratch.room().run(argv);
    String failure =
        outcome instanceof RoomOutcome.Ended ended
            ? "ended with exit code %d: %s".formatted(ended.exitCode(), ended.output().strip())
            : outcome instanceof RoomOutcome.TimedOut
                ? "hadn't ended in time"
                : outcome instanceof RoomOutcome.CannotRun cannot
                    ? "can't be run: " + cannot.reason()
                    : "isn't there";
    if (!(outcome instanceof RoomOutcome.Ended done) || done.exitCode() != 0) {
      throw new BootException(
          "%s, which makes GRUB for BIOS, %s".formatted(argv.get(0), failure),
          NOTHING_BOOTS,
          "Mend the image's GRUB, or make the image without its modules for BIOS.");
    }
  }

  private static BytePath first(Dir root, List<BytePath> paths) throws IOException {
    for (BytePath path : paths) {
      Optional<FileHandle> file = new RootView(root).file(path);
      if (file.isPresent()) {
        file.get().close();
        return path;
      }
    }
    throw new BootException(
        "The image has no /%s, of GRUB for BIOS"
            .formatted(String.join(" or /", paths.stream().map(BytePath::toString).toList())),
        NOTHING_BOOTS,
        "Make the image with it: on Debian, the packages grub-pc-bin and grub-common.");
  }

  private static byte[] read(Dir root, BytePath path) throws IOException {
    try (FileHandle file = root.openFileInRoot(path)) {
      return file.stream().readNBytes(LIMIT);
    }
  }
}
