package dev.tiu;

import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileSystemSpace;
import dev.tiu.linux.FileType;
import dev.tiu.snapshot.AdoptedBuilder;
import dev.tiu.snapshot.AdoptedShares;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.NewSystem;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes a system that is there a snapshot of tiu's layout, beside itself.
 *
 * <p>All of it is built as {@code @.tiu-unfinished}, and becomes {@code @} by one rename; then it
 * gets a boot entry, and becomes the default. What is there is read, and never written to.
 */
final class AdoptTransaction {
  private static final BytePath DPKG_STATUS = BytePath.of("var/lib/dpkg/status");
  private static final int DPKG_LIMIT = 256 << 20;

  /** An inode, its names and its extents, in two copies, as btrfs keeps metadata on one disk. */
  private static final long BYTES_PER_ENTRY = 1024;

  private static final long RESERVE = 64 << 20;

  private static final Path STARTED_WITH = Path.of("/proc/cmdline");

  private final Device device;
  private final AdoptionSource source;
  private final BootOptions start;
  private final Optional<String> deviceName;
  private final Console console;
  private final Clock clock;

  AdoptTransaction(
      Device device,
      AdoptionSource source,
      BootOptions start,
      Optional<String> deviceName,
      Console console,
      Clock clock) {
    this.device = device;
    this.source = source;
    this.start = start;
    this.deviceName = deviceName;
    this.console = console;
    this.clock = clock;
  }

  /** Adopts it; the caller holds the device's lock. */
  void adopt() throws IOException {
    if (device.top().find(Layout.SYSTEM).isEmpty()) {
      requireAdoptable();
      requireNamed();
      Optional<KernelArguments> arguments = arguments();
      build(arguments);
    }
    activate();
  }

  private void build(Optional<KernelArguments> arguments) throws IOException {
    NewSystem system = NewSystem.beginAnew(device);
    try (system) {
      Dir shares = system.directory();
      try (AdoptedBuilder builder = begin(system.snapshots())) {
        builder.take(source.system(), shares);
        completeEtc(builder, shares, etc -> etc.writeOwn(deviceName, arguments));
        builder.seal(shares);
      }
      system.commit();
    } catch (IOException | RuntimeException e) {
      try {
        system.discard();
      } catch (IOException other) {
        e.addSuppressed(other);
      }
      throw e;
    }
  }

  private AdoptedBuilder begin(SnapshotStore store) throws IOException {
    return AdoptedBuilder.begin(
        store,
        source.architecture(device.isRunning()),
        source.name() + ", adopted",
        clock.instant());
  }

  /** What becomes of an adopted system's own settings. */
  private interface Own {
    void write(AdoptedEtc etc) throws IOException;
  }

  private void completeEtc(AdoptedBuilder builder, Dir shares, Own own) throws IOException {
    try (Dir root = builder.openRoot();
        Dir live = root.openDir(BytePath.of("etc"));
        Dir shipped = builder.openShippedEtc()) {
      Optional<Conffiles> conffiles = conffiles(shares);
      int known = ShippedEtc.make(live, shipped, conffiles.orElse(Conffiles.NONE));
      if (conffiles.isEmpty()) {
        console.note(
            "The system has no /var/lib/dpkg/status, so that nothing is known of /etc as it was"
                + " shipped: each file that an image has otherwise will be a conflict");
      } else {
        console.print(
            "%s of /etc are as their packages shipped them"
                .formatted(Console.count(known, "configuration file")));
      }
      AdoptedEtc etc = new AdoptedEtc(live);
      own.write(etc);
      etc.completeMounts(root);
    }
  }

  private static Optional<Conffiles> conffiles(Dir shares) throws IOException {
    return shares.find(DPKG_STATUS).filter(s -> s.type() == FileType.REGULAR).isPresent()
        ? Optional.of(Conffiles.parse(shares.readAll(DPKG_STATUS, DPKG_LIMIT)))
        : Optional.empty();
  }

  /** Also of what an earlier run had made when it was cut off. */
  private void activate() throws IOException {
    try (SnapshotStore store = device.snapshots()) {
      Snapshot newest = requireNeverBooted(store);
      try (Boot boot = start.open(device, store, settings(store, newest))) {
        Recovery.recover(device, store, boot, console);
        List<Snapshot> all = adopted(store);
        Optional<Snapshot> present = all.stream().filter(Snapshot::isDefault).findFirst();
        if (present.isPresent()) {
          console.print(
              "Already adopted: snapshot %d, the default".formatted(present.get().number()));
        } else {
          boot.requireReady();
          makeDefault(store, boot, newest);
        }
        sayWhatIsLeft(boot);
      }
    }
  }

  private void makeDefault(SnapshotStore store, Boot boot, Snapshot snapshot) throws IOException {
    new Activation(device, store, boot, console).makeDefault(snapshot, Initrds.ANEW);
    console.print(
        "Snapshot %d, %s, is the default%s"
            .formatted(
                snapshot.number(),
                snapshot.info().description(),
                device.isRunning() ? "; it boots next" : ""));
  }

  private static LoaderSettings settings(SnapshotStore store, Snapshot snapshot)
      throws IOException {
    try (Dir etc = store.openLiveEtc(snapshot.number())) {
      return Configuration.read(etc).boot().loader();
    }
  }

  private static List<Snapshot> adopted(SnapshotStore store) throws IOException {
    return store.list().stream()
        .filter(s -> s.isAdopted() && s.isBootable())
        .sorted(Comparator.comparingInt(Snapshot::number))
        .toList();
  }

  /**
   * That nothing but adopted snapshots is there, which have never run.
   *
   * @return the default, or the newest that is whole
   */
  private Snapshot requireNeverBooted(SnapshotStore store) throws IOException {
    List<Snapshot> ours = store.list().stream().filter(Snapshot::isOurs).toList();
    if (ours.isEmpty()) {
      throw nameIsTaken();
    }
    if (ours.stream().anyMatch(s -> !s.isAdopted() || s.isBooted())) {
      throw new DeviceException(
          device.name()
              + " already is in tiu's layout. Nothing was changed; `tiu update` updates it, and `tiu"
              + " status` shows what it boots");
    }
    List<Snapshot> whole = adopted(store);
    if (whole.isEmpty()) {
      throw new DeviceException(
          "none of the snapshots in @/.snapshots is whole, so that none can be booted. Nothing was"
              + " changed; `btrfs subvolume delete` what is in @, and @ itself, and adopt again");
    }
    return whole.stream()
        .filter(Snapshot::isDefault)
        .findFirst()
        .orElseGet(() -> whole.get(whole.size() - 1));
  }

  /** Takes what was written since, right before the reboot; the caller holds the lock. */
  void finish() throws IOException {
    if (device.top().find(Layout.SYSTEM).isEmpty()) {
      throw new DeviceException(
          "nothing was adopted yet that could be finished. Nothing was changed; `tiu adopt` comes"
              + " first");
    }
    try (SnapshotStore store = device.snapshots()) {
      Snapshot before = requireNeverBooted(store);
      requireUnwritten(store);
      requireAdoptable();
      try (Boot boot = start.open(device, store, settings(store, before))) {
        Recovery.recover(device, store, boot, console);
        boot.requireReady();
        Snapshot made = buildAgain(store, before);
        AdoptedShares.replace(device);
        store.sweep();
        makeDefault(store, boot, made);
        removeUnused(store, boot);
      }
    }
  }

  private void requireUnwritten(SnapshotStore store) throws IOException {
    Optional<BytePath> written = AdoptedShares.written(device, store);
    if (written.isPresent()) {
      throw new DeviceException(
          "the adopted system's /%s was written to since it was made: it has run already, and what it"
                  .formatted(written.get())
              + " has there would be lost. Nothing was changed; go on with it as it is");
    }
  }

  private Snapshot buildAgain(SnapshotStore store, Snapshot before) throws IOException {
    AdoptedBuilder builder = null;
    try (Dir shares = store.scratch()) {
      builder = begin(store);
      builder.take(source.system(), shares);
      try (Dir earlier = store.openLiveEtc(before.number())) {
        completeEtc(builder, shares, etc -> etc.takeOwn(earlier));
      }
      builder.seal(shares);
      builder.close();
      return store.find(builder.number()).orElseThrow();
    } catch (IOException | RuntimeException e) {
      if (builder != null) {
        try {
          builder.discard();
          store.sweep();
        } catch (IOException other) {
          e.addSuppressed(other);
        }
      }
      throw e;
    }
  }

  /**
   * What isn't the default was never used, and another one has all that it has. Not before the end:
   * by what is noted with it the next run knows the shared subvolumes that were made for it.
   */
  private static void removeUnused(SnapshotStore store, Boot boot) throws IOException {
    List<Snapshot> unused =
        store.list().stream()
            .filter(s -> s.isAdopted() && !s.isDefault() && !s.isBooted())
            .toList();
    boot.retract(unused);
    for (Snapshot snapshot : unused) {
      store.remove(snapshot);
    }
  }

  private void requireAdoptable() throws IOException {
    SwapFiles.requireNone(source, device.isRunning());
    long entries = source.system().requireAdoptable().entries();
    long needed = entries * BYTES_PER_ENTRY + RESERVE;
    FileSystemSpace space = device.space();
    if (space.availableBytes() < needed) {
      throw new NoSpaceException(
          "%s has %s free and some %s are needed: data is shared, but not the names of %s. Nothing was"
                  .formatted(
                      device.name(),
                      Console.size(space.availableBytes()),
                      Console.size(needed),
                      Console.count(entries, "file"))
              + " changed; make room by removing files");
    }
    try (BootOptions.Found found = start.find(device, source.etc(Configuration::read))) {
      found.requireReady();
    }
  }

  /** What it is called decides which images it takes. */
  private void requireNamed() throws IOException {
    List<String> present = source.etc(Configuration::read).compatible();
    if (deviceName.isPresent() && !present.isEmpty() && !present.contains(deviceName.get())) {
      throw new UsageException(
          "the system's /etc/tiu/tiu.toml says that the device is %s, and --device %s. Leave --device"
                  .formatted(String.join(", ", present), deviceName.get())
              + " out, or change the file");
    }
    boolean named =
        !DeviceNames.of(deviceName, source.etc(Configuration::read), device.isRunning()).isEmpty();
    if (!named) {
      throw new UsageException(
          "say what this device is, --device NAME: only images whose --compatible pattern matches that"
              + " name will be for it");
    }
  }

  /** Of the running kernel, or what a Raspberry Pi's firmware was told, which adds its own anew. */
  private Optional<KernelArguments> arguments() throws IOException {
    try (BootOptions.Found found = start.find(device, source.etc(Configuration::read))) {
      Optional<String> line = found.commandLine();
      if (line.isEmpty() && device.isRunning()) {
        line = Optional.of(Files.readString(STARTED_WITH).strip());
      }
      if (line.isEmpty()) {
        console.note(
            "The arguments that its kernel is started with aren't known. `tiu kargs` sets those that it"
                + " needs");
        return Optional.empty();
      }
      return Optional.of(StartArguments.keep(line.get()));
    } catch (IllegalArgumentException e) {
      console.note(
          "The arguments that the kernel was started with can't be kept: %s. `tiu kargs` sets those"
                  .formatted(e.getMessage())
              + " that it needs");
      return Optional.empty();
    }
  }

  /** Debian's own installer calls its root {@code @rootfs}; others call theirs {@code @}. */
  private DeviceException nameIsTaken() {
    boolean isRoot = source.path().startsWith(Layout.SYSTEM);
    return new DeviceException(
        ("the name @ at the top level of %s is taken%s, and tiu's layout needs it. Nothing was changed;"
                + " %s")
            .formatted(
                device.name(),
                isRoot ? " by the system itself" : "",
                isRoot
                    ? "make a snapshot of the root under another name, such as @rootfs, boot that"
                        + " (rootflags=subvol=@rootfs, and /etc/fstab in it), rename @ and adopt again;"
                        + " or make a new disk with `tiu install --disk`"
                    : "rename that and adopt again, if nothing mounts it"));
  }

  /** That the name of the layout is free, or has the layout. */
  void requireName() throws IOException {
    if (device.top().find(Layout.SYSTEM).isPresent() && !device.isInstalled()) {
      throw nameIsTaken();
    }
  }

  private void sayWhatIsLeft(Boot boot) throws IOException {
    if (!boot.hasLoader()) {
      console.note(
          "No boot loader that tiu writes for was found%s: only btrfs's default subvolume was changed."
                  .formatted(device.isRunning() ? "" : " (--boot-dir names its partition)")
              + " A boot entry that names a subvolume itself (rootflags=subvol=…) goes on booting the"
              + " old root");
    }
    if (device.isRunning()) {
      console.note(
          "Until the reboot the system runs from its old root. What it writes from now on to /etc, /usr,"
              + " /var, /home, /root, /srv or /opt is not in the new one: stop what matters, run"
              + " `tiu adopt --finish` right before the reboot, which takes all of it anew, and reboot");
    }
    String old =
        source.path().isRoot()
            ? "the directories at the top level beside @"
            : "subvolume " + source.path();
    console.note(
        "The old root stays as it is, %s, as a way back. When nobody needs it any more: `mount -o"
                .formatted(old)
            + " subvolid=5 %s /mnt`, and remove that"
                .formatted(device.isRunning() ? device.name() : "DISK"));
  }
}
