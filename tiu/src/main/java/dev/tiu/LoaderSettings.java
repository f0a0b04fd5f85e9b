package dev.tiu;

import dev.tiu.boot.loader.BootLoaders.Kind;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a device's {@code [boot]} says of its boot loader.
 *
 * @param unused whether there is none that tiu shall write for: then btrfs's default subvolume is
 *     all that decides
 * @param kind which one it is; found out, if empty
 * @param directory where the boot partition is mounted; looked for, if empty
 * @param tries how many boots a snapshot on trial gets
 * @param tryboot whether a Raspberry Pi's kernel tells the firmware of a trial; if empty, its name
 *     says it
 * @param recovery the snapshot that boots when no good one is left; it is never removed
 * @param kernels where they are started from
 */
record LoaderSettings(
    boolean unused,
    Optional<Kind> kind,
    Optional<Path> directory,
    int tries,
    Optional<Boolean> tryboot,
    Optional<Integer> recovery,
    KernelPlace kernels) {
  /** Where a boot loader finds a snapshot's kernel and initrd. */
  enum KernelPlace {
    /** On its own partition, where they are copied to. */
    BOOT_PARTITION,
    /** In the snapshot and beside it. */
    BTRFS;

    private static KernelPlace of(String text) {
      return switch (text) {
        case "boot-partition" -> BOOT_PARTITION;
        case "btrfs" -> BTRFS;
        default ->
            throw new IllegalArgumentException(
                "'%s' is no place for kernels; there are boot-partition and btrfs".formatted(text));
      };
    }
  }

  static final int TRIES = 3;
  static final LoaderSettings NONE =
      new LoaderSettings(
          false,
          Optional.empty(),
          Optional.empty(),
          TRIES,
          Optional.empty(),
          Optional.empty(),
          KernelPlace.BOOT_PARTITION);

  private static final String UNUSED = "none";
  private static final int MOST_TRIES = 9;

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it says something without meaning
   */
  static LoaderSettings of(SettingsTable settings) {
    Optional<String> loader = settings.value("loader", text -> text);
    boolean unused = loader.filter(UNUSED::equals).isPresent();
    return new LoaderSettings(
        unused,
        unused ? Optional.empty() : settings.value("loader", LoaderSettings::kind),
        settings.value("directory", LoaderSettings::directory),
        settings.value("tries", LoaderSettings::tries).orElse(TRIES),
        settings.value("tryboot", SettingsTable::truth),
        settings.value("recovery", LoaderSettings::snapshot),
        settings.value("kernels", KernelPlace::of).orElse(KernelPlace.BOOT_PARTITION));
  }

  static Kind kind(String text) {
    return Kind.find(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no boot loader; there are %s, and none"
                        .formatted(text, Kind.labels())));
  }

  /** For a new disk, which has one always. */
  static Kind kindOfDisk(String text) {
    return Kind.find(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no boot loader; there are %s".formatted(text, Kind.labels())));
  }

  private static Path directory(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("'%s' doesn't begin at the root".formatted(text));
    }
    return path;
  }

  private static int snapshot(String text) {
    if (text.matches("[1-9][0-9]{0,8}")) {
      return Integer.parseInt(text);
    }
    throw new IllegalArgumentException("'%s' is no snapshot's number".formatted(text));
  }

  private static int tries(String text) {
    try {
      int tries = Integer.parseInt(text);
      if (tries >= 1 && tries <= MOST_TRIES) {
        return tries;
      }
    } catch (NumberFormatException e) {
      // Says the same.
    }
    throw new IllegalArgumentException("'%s' is no number from 1 to 9".formatted(text));
  }
}
