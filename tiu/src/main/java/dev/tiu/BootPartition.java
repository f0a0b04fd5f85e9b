package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.BootLoader;
import dev.tiu.boot.loader.BootLoaders;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.linux.Dir;
import dev.tiu.linux.MountEntry;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The partition that a device's boot loader reads.
 *
 * @param where its mount point, for messages
 */
record BootPartition(Dir directory, Path where, Kind kind, BootLoader loader)
    implements AutoCloseable {
  /** Where distributions mount it: Raspberry Pi OS and Debian's, the specification's, old ones. */
  private static final List<Path> PLACES =
      List.of(Path.of("/boot/firmware"), Path.of("/efi"), Path.of("/boot/efi"), Path.of("/boot"));

  private static final String WITHOUT =
      "Nothing was changed: without it the device would go on booting what it boots now.";

  /**
   * That of the machine that this runs on; empty if it has none, and its settings name none.
   *
   * @throws BootException if the settings name what isn't there
   */
  static Optional<BootPartition> ofMachine(LoaderSettings settings) throws IOException {
    if (settings.unused()) {
      return Optional.empty();
    }
    Optional<Path> where =
        settings.directory().isPresent() ? settings.directory() : mounted(Mounts.mounted());
    if (where.isEmpty()) {
      if (settings.kind().isPresent()) {
        throw new BootException(
            "/etc/tiu/tiu.toml says [boot] loader = \"%s\", and no boot partition is mounted at %s"
                .formatted(settings.kind().get().label(), places()),
            WITHOUT,
            "Mount it, or say where it is with [boot] directory.");
      }
      return Optional.empty();
    }
    return at(where.get(), settings, true);
  }

  /**
   * The one that is mounted at a directory, of this machine or of a disk that doesn't run.
   *
   * @return empty if there is no sign of a boot loader, and none is named
   */
  static Optional<BootPartition> at(Path where, LoaderSettings settings, boolean running)
      throws IOException {
    if (!Files.isDirectory(where)) {
      throw new BootException(
          "%s, the boot partition's place, is no directory".formatted(where),
          WITHOUT,
          "Mount it there, or name another place.");
    }
    Dir directory = Dir.open(where);
    boolean opened = false;
    try {
      BootLoaders loaders = new BootLoaders(directory, running, settings.tryboot());
      Optional<Kind> kind = settings.kind().isPresent() ? settings.kind() : loaders.detect();
      if (kind.isEmpty()) {
        return Optional.empty();
      }
      BootLoader loader = loaders.of(kind.get());
      opened = true;
      return Optional.of(new BootPartition(directory, where, kind.get(), loader));
    } finally {
      if (!opened) {
        directory.close();
      }
    }
  }

  /** Before a long work whose end would be in vain. */
  void requireReady() throws IOException {
    if (!Files.isWritable(where)) {
      throw readOnly(null);
    }
    loader.requireReady();
  }

  /** That nothing can be written there. */
  BootException readOnly(@Nullable String detail) {
    return new BootException(
        "The boot partition at %s is read-only%s"
            .formatted(where, detail == null ? "" : ": " + detail),
        "What boots now stays.",
        "The kernel makes a FAT read-only when it finds errors in it: look at what `dmesg` says,"
            + " unmount it, let `fsck.vfat -a` mend it, and mount it again.");
  }

  /** A directory there may be an automount, which a look into it mounts. */
  private static Optional<Path> mounted(List<MountEntry> mounts) throws IOException {
    List<MountEntry> now = mounts;
    for (Path place : PLACES) {
      if (has(now, place, "autofs") && Files.isDirectory(place.resolve("."))) {
        now = Mounts.mounted();
      }
      if (has(now, place, "vfat")) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  private static boolean has(List<MountEntry> mounts, Path place, String fsType) {
    return mounts.stream()
        .anyMatch(m -> m.mountPoint().equals(place.toString()) && m.fsType().equals(fsType));
  }

  private static String places() {
    return String.join(", ", PLACES.stream().map(Path::toString).toList());
  }

  @Override
  public void close() {
    directory.close();
  }
}
