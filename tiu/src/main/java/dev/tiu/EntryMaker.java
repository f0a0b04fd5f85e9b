package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.BootFiles;
import dev.tiu.boot.BootPreparation;
import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.initrd.InitrdSettings;
import dev.tiu.boot.kernel.Firmware;
import dev.tiu.boot.loader.BootEntry;
import dev.tiu.boot.loader.BootFile;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.boot.loader.EntryFiles;
import dev.tiu.boot.loader.InPlace;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes of a snapshot what a boot loader starts. */
final class EntryMaker {
  /** Each model's; where it is read by another driver already, this one finds nothing. */
  private static final List<String> RASPBERRY_PI = List.of("bcm2835_wdt");

  private final SnapshotStore store;
  private final BootSettings settings;
  private final Kind kind;
  private final List<String> watchdogs;

  /**
   * Of a device's snapshots, as its settings want them, for a boot loader of that kind.
   *
   * @param watchdogs drivers of those that the device is known to have
   */
  EntryMaker(SnapshotStore store, BootSettings settings, Kind kind, List<String> watchdogs) {
    this.store = store;
    this.settings = settings;
    this.kind = kind;
    this.watchdogs = kind == Kind.PI ? RASPBERRY_PI : watchdogs;
  }

  /**
   * An entry, with what it is read through, until it is closed.
   *
   * @param firmware of a Raspberry Pi, below {@code root}
   */
  record Made(BootEntry entry, Optional<Firmware> firmware, Dir root, Dir kept)
      implements AutoCloseable {
    @Override
    public void close() {
      root.close();
      kept.close();
    }
  }

  /**
   * Finds the snapshot's kernel, gets its initrd, and puts all together.
   *
   * @throws BootException if it can't be made to boot; nothing that boots was touched
   */
  Made make(Snapshot snapshot, Initrds initrds) throws IOException {
    return make(snapshot, initrds, Optional.empty());
  }

  /** The same with an end for all initrds' generators together. */
  Made make(Snapshot snapshot, Initrds initrds, Optional<Duration> limit) throws IOException {
    int number = snapshot.number();
    RecordedBoot record = RecordedBoot.of(store, snapshot);
    try (Dir place = store.open(number)) {
      Dir root = place.openDir(Layout.ROOT);
      boolean made = false;
      try {
        Dir kept = place.openDir(Layout.FILES);
        try {
          BootFiles files = prepare(place, snapshot, record, root, kept, initrds, limit);
          BootEntry entry = entry(snapshot, files, root, kept, record.architecture());
          made = true;
          return new Made(entry, files.firmware(), root, kept);
        } finally {
          if (!made) {
            kept.close();
          }
        }
      } finally {
        if (!made) {
          root.close();
        }
      }
    }
  }

  private BootEntry entry(
      Snapshot snapshot, BootFiles files, Dir root, Dir kept, String architecture)
      throws IOException {
    int number = snapshot.number();
    String arguments = files.commandLine().arguments().toString();
    return switch (settings.loader().kernels()) {
      case BOOT_PARTITION -> {
        List<BootFile> named = EntryFiles.of(kind, files, root, kept, architecture);
        yield new BootEntry(number, title(snapshot), named, arguments);
      }
      case BTRFS -> {
        InPlace there = KernelsInPlace.of(number, files.kernels().get(0), root, kept);
        yield new BootEntry(number, title(snapshot), there, arguments);
      }
    };
  }

  private BootFiles prepare(
      Dir place,
      Snapshot snapshot,
      RecordedBoot record,
      Dir root,
      Dir kept,
      Initrds initrds,
      Optional<Duration> limit)
      throws IOException {
    return preparation(place, snapshot, record)
        .prepare(root, kept, initrds, limit)
        .orElseThrow(() -> withoutKernel(snapshot));
  }

  private BootPreparation preparation(Dir place, Snapshot snapshot, RecordedBoot record)
      throws IOException {
    InitrdSettings initrdSettings = settings.initrdSettings(record.made()).feeding(watchdogs);
    return new BootPreparation(
        SnapshotArguments.root(place, snapshot.number()),
        SnapshotArguments.ofImage(record),
        record.architecture(),
        settings.kernel(),
        settings.policy(record.boot()),
        // Whatever kernel runs: the one that will try it may not be able to ask the firmware.
        kind == Kind.PI ? initrdSettings.countingTries() : initrdSettings);
  }

  /**
   * What was changed since the snapshot's initrds were made of what they are made from; for people.
   */
  List<String> changedInputs(Snapshot snapshot) throws IOException {
    RecordedBoot record = RecordedBoot.of(store, snapshot);
    try (Dir place = store.open(snapshot.number());
        Dir root = place.openDir(Layout.ROOT);
        Dir kept = place.openDir(Layout.FILES)) {
      return preparation(place, snapshot, record).changedInputs(root, kept);
    }
  }

  private BootException withoutKernel(Snapshot snapshot) {
    boolean adopted = snapshot.isAdopted();
    return new BootException(
        "The %s has no kernel with its modules, and this device's boot loader, %s,"
                .formatted(adopted ? "adopted system" : "image", kind.label())
            + " starts one from the boot partition",
        "Snapshot %d can't boot here; what boots now stays.".formatted(snapshot.number()),
        (adopted
                ? "Have the kernel in /boot on the root's own file system, and adopt again,"
                : "Make the image with a kernel,")
            + " or set [boot] loader = \"none\" in"
            + " /etc/tiu/tiu.toml where something else starts the device.");
  }

  /** One line for a menu. */
  private static String title(Snapshot snapshot) {
    String description = snapshot.info().description();
    StringBuilder line = new StringBuilder();
    description
        .codePoints()
        .filter(c -> !Character.isISOControl(c))
        .limit(200)
        .forEach(line::appendCodePoint);
    return line.append(" (snapshot ").append(snapshot.number()).append(')').toString();
  }
}
