package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the boot partition of a device, or that it has none. */
final class LoaderSearch {
  /** For which boot loader a snapshot was published last. */
  static final SnapshotNote MARK = new SnapshotNote("boot-loader");

  private LoaderSearch() {}

  /**
   * The boot partition; empty where only btrfs's default subvolume decides.
   *
   * @param directory where it is mounted, of a disk that doesn't run
   * @param system whose settings these are
   * @throws BootException if there must be one, and it can't be found or told
   */
  static Optional<BootPartition> find(
      Device device,
      SnapshotStore store,
      Optional<Path> directory,
      LoaderSettings settings,
      Optional<Snapshot> system)
      throws IOException {
    if (directory.isPresent()) {
      Optional<BootPartition> named = BootPartition.at(directory.get(), settings, false);
      if (named.isEmpty()) {
        throw new BootException(
            "%s, the boot partition, has no sign of a boot loader".formatted(directory.get()),
            "Nothing was changed.",
            "Say which one starts the device, with [boot] loader in its /etc/tiu/tiu.toml.");
      }
      return named;
    }
    if (device.isRunning()) {
      Optional<BootPartition> found = BootPartition.ofMachine(settings);
      if (found.isEmpty() && !settings.unused()) {
        requireNeverPublished(store, system);
      }
      return found;
    }
    if (!settings.unused()) {
      requireNoLoader(store, settings, system);
    }
    return Optional.empty();
  }

  /** Else the machine would go on booting what its loader says, and a trial would never end. */
  private static void requireNeverPublished(SnapshotStore store, Optional<Snapshot> system)
      throws IOException {
    Optional<String> loader = publishedFor(store, system);
    if (loader.isPresent()) {
      throw new BootException(
          "This machine is started by %s, and its boot partition isn't mounted, or has nothing of it"
              .formatted(loader.get()),
          "Nothing was changed: without it the machine would go on booting what it boots now.",
          "Mount it where /etc/fstab has it. A machine that something else starts now has [boot]"
              + " loader = \"none\" in /etc/tiu/tiu.toml.");
    }
  }

  /** Else the disk would go on booting what its loader says. */
  private static void requireNoLoader(
      SnapshotStore store, LoaderSettings settings, Optional<Snapshot> system) throws IOException {
    Optional<String> loader = settings.kind().map(kind -> kind.label());
    if (loader.isEmpty()) {
      loader = publishedFor(store, system);
    }
    if (loader.isPresent()) {
      throw new BootException(
          "This disk is started by %s, and its boot partition isn't given".formatted(loader.get()),
          "Nothing was changed: without it the disk would go on booting what it boots now.",
          "Mount the boot partition too, and name that place with --boot-dir.");
    }
  }

  private static Optional<String> publishedFor(SnapshotStore store, Optional<Snapshot> system)
      throws IOException {
    return system.filter(Snapshot::isOurs).isPresent()
        ? MARK.read(store, system.get())
        : Optional.empty();
  }
}
