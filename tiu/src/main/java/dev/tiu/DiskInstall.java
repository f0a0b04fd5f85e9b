package dev.tiu;

import dev.tiu.LoaderSettings.KernelPlace;
import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.disk.Architecture;
import dev.tiu.boot.disk.BlockDisk;
import dev.tiu.boot.disk.DiskIds;
import dev.tiu.boot.disk.DiskShape;
import dev.tiu.boot.disk.NewDisk;
import dev.tiu.boot.disk.PartitionPlan;
import dev.tiu.boot.loader.BootLoader;
import dev.tiu.boot.loader.BootLoaders;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.boot.loader.GrubBios;
import dev.tiu.boot.loader.LoaderProgram;
import dev.tiu.bundle.Bundle;
import dev.tiu.linux.Access;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Mounts;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.snapshot.UpdatePlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A disk that boots: its partitions, the first snapshot, what is this device's own, and the boot
 * partition that starts it.
 *
 * <p>All that can be known is checked before anything is written. The partition table comes last;
 * what ends this before leaves no disk, as {@link NewDisk} says.
 */
final class DiskInstall {
  /**
   * What the caller decides.
   *
   * @param disk a device, or a file to make
   * @param force the disk's name once more, for what is on it to go
   */
  record Options(
      Path disk,
      Optional<String> deviceName,
      Optional<Kind> loader,
      Optional<DiskSize> size,
      Optional<String> force,
      int threads) {}

  private static final BytePath CONFIGURATION = BytePath.of("etc").resolve(Configuration.PATH);
  private static final int CONFIGURATION_LIMIT = 1 << 20;
  private static final long GIB = 1L << 30;

  private final Bundle bundle;
  private final Options options;
  private final SetupOptions setup;
  private final Context context;

  DiskInstall(Bundle bundle, Options options, SetupOptions setup, Context context) {
    this.bundle = bundle;
    this.options = options;
    this.setup = setup;
    this.context = context;
  }

  /** What is decided before the disk is begun. */
  private record Decided(
      String architecture,
      Kind kind,
      BootMount mount,
      Setup setup,
      PartitionPlan plan,
      Optional<BlockDisk> device) {}

  /** Makes it. */
  void run() throws IOException {
    Decided decided = decide();
    NewDisk begun =
        new TypedConsent(context)
            .begin(
                options.force(),
                consent ->
                    decided.device().isPresent()
                        ? NewDisk.device(decided.device().get(), decided.plan(), consent)
                        : NewDisk.image(options.disk(), decided.plan(), consent));
    try (NewDisk disk = begun) {
      install(disk, decided);
      disk.commit();
    }
    context.console().print("%s boots by %s".formatted(options.disk(), decided.kind().label()));
    context.console().print(decided.plan().describe());
  }

  private Decided decide() throws IOException {
    String architecture = bundle.manifest().architecture();
    Architecture machine = architecture(architecture);
    String unused = InstallTransaction.name(bundle.manifest(), options.deviceName());
    Optional<BlockDisk> device =
        isMeantAsDevice(options.disk())
            ? Optional.of(BlockDisk.of(options.disk()))
            : Optional.empty();
    if (device.isPresent() && options.size().isPresent()) {
      throw new UsageException(
          "--size is for an image in a file; a device is used as a whole. Nothing was written; leave"
              + " --size away");
    }
    bundle.readDescription();
    ImageFiles files = new ImageFiles(bundle);
    LoaderSettings settings = configuration(files).boot().loader();
    Kind kind = new LoaderChoice(files, architecture, settings).kind(options.loader());
    if (settings.kernels() == KernelPlace.BTRFS && kind != Kind.GRUB) {
      throw new UnfitException(
          "the image's /etc/tiu/tiu.toml says [boot] kernels = \"btrfs\", and %s doesn't read that; only"
                  .formatted(kind.label())
              + " GRUB does. Nothing was written; take that line out of the image");
    }
    BootMount mount = BootMount.choose(kind, files, settings);
    Setup own = setup.read(files, context);
    PartitionPlan plan = plan(shape(kind, files, architecture, machine), device);
    return new Decided(architecture, kind, mount, own, plan, device);
  }

  /** A mistyped device mustn't become a file in /dev, which is memory. */
  private static boolean isMeantAsDevice(Path disk) {
    Path path = disk.toAbsolutePath();
    return (path.startsWith("/dev") && !path.startsWith("/dev/shm"))
        || (Files.exists(disk) && !Files.isRegularFile(disk));
  }

  private static Architecture architecture(String name) throws UnfitException {
    try {
      return Architecture.of(name);
    } catch (IllegalArgumentException e) {
      throw new UnfitException(
          "no disk can be made for this image: %s. Nothing was written".formatted(e.getMessage()));
    }
  }

  /** Of the image, as the device will have it. */
  private static Configuration configuration(ImageFiles files) throws IOException {
    Optional<ImageFiles.Found> file = files.find(CONFIGURATION);
    return file.isEmpty()
        ? Configuration.DEFAULT
        : Configuration.parse(
            new String(files.read(file.get(), CONFIGURATION_LIMIT), StandardCharsets.UTF_8));
  }

  private DiskShape shape(Kind kind, ImageFiles files, String architecture, Architecture machine)
      throws IOException {
    return switch (kind) {
      case PI -> DiskShape.raspberryPi(machine);
      case GRUB ->
          startsByBios(files, architecture)
              ? DiskShape.gpt(machine).withBios()
              : DiskShape.gpt(machine);
      case SYSTEMD_BOOT, U_BOOT, U_BOOT_BOOTCOUNT, EXTLINUX -> DiskShape.gpt(machine);
    };
  }

  private boolean startsByBios(ImageFiles files, String architecture) throws IOException {
    if (!files.hasAny(GrubBios.signs(architecture))) {
      return false;
    }
    if (files.hasAny(GrubBios.makers())) {
      return true;
    }
    String what =
        "the image has GRUB's modules for BIOS, and no grub-mkimage that makes one of them";
    if (!files.hasAny(new LoaderProgram(Kind.GRUB, architecture).signs().subList(0, 1))) {
      throw new UnfitException(
          what + ". Nothing was written; make the image with it: Debian's package is grub-common");
    }
    context.console().note(what + ": the disk will start on machines with EFI only");
    return false;
  }

  private PartitionPlan plan(DiskShape usual, Optional<BlockDisk> device) throws IOException {
    long system = UpdatePlan.fromNothing(bundle).diskBytes();
    // What btrfs itself takes, and what an initrd's generator unpacks on the way.
    DiskShape shape = usual.withLeastRoot(system + system / 8 + GIB / 2);
    long size =
        device.isPresent()
            ? device.get().size()
            : options
                .size()
                .orElseGet(
                    () ->
                        DiskSize.atLeast(
                            shape.biosSize()
                                + shape.bootSize()
                                + 2 * shape.alignment()
                                + 2 * system
                                + GIB))
                .bytes();
    return PartitionPlan.of(shape, DiskIds.random(new SecureRandom()), size);
  }

  private void install(NewDisk disk, Decided decided) throws IOException {
    try (Device device =
        Device.ofNewDisk(disk.root().openDir(BytePath.ROOT), options.disk().toString())) {
      InstallTransaction transaction =
          new InstallTransaction(
              device,
              bundle,
              options.deviceName(),
              options.threads(),
              InstallTransaction.Unfinished.GONE,
              context.console(),
              context.clock());
      transaction.run(new OwnBoot(disk, device, decided, context.console()));
    }
  }

  /** Makes the one snapshot of a new disk its own device's, and what boots. */
  private record OwnBoot(NewDisk disk, Device device, Decided decided, Console console)
      implements InstallTransaction.FirstBoot {
    @Override
    public void prepare(Snapshot snapshot) throws IOException {
      int number = snapshot.number();
      String fatUuid = disk.plan().ids().fatUuid();
      try (SnapshotStore store = device.snapshots();
          Dir etc = store.openLiveEtc(number)) {
        decided.mount().write(etc, fatUuid);
        LoaderLine.write(etc, decided.kind());
        try (Dir place = store.open(number);
            Dir root = place.openDir(Layout.ROOT)) {
          decided.setup().write(device, root);
        }
        if (decided.device().isEmpty()) {
          GrowStamp.put(device.top());
        }
        EntryMaker maker =
            new EntryMaker(store, Configuration.read(etc).boot(), decided.kind(), List.of());
        try (EntryMaker.Made made = maker.make(snapshot, Initrds.ANEW)) {
          fillBoot(made, fatUuid);
          if (disk.plan().bios().isPresent()) {
            int partition = disk.plan().boot().number();
            disk.embed(GrubBios.make(made.root(), made.kept(), fatUuid, partition));
          }
        }
      }
    }

    /** In memory first: then nothing is left of it, whatever ends this. */
    private void fillBoot(EntryMaker.Made made, String fatUuid) throws IOException {
      Kind kind = decided.kind();
      try (Dir partition =
          Mounts.detached("tmpfs", Path.of("tmpfs"), Map.of("mode", "0700"), Access.WRITABLE)) {
        if (kind == Kind.PI && made.firmware().isEmpty()) {
          console.note(
              "The image has no firmware, start4.elf and the like. A Raspberry Pi 5 has its own; an"
                  + " older one won't start from this disk");
        }
        new LoaderProgram(kind, decided.architecture()).put(made.root(), partition, fatUuid);
        BootLoader loader = new BootLoaders(partition, false, Optional.empty()).of(kind);
        loader.publish(made.entry());
        loader.makeDefault(made.entry().number());
        disk.fillBoot(partition.procPath(BytePath.ROOT));
      }
    }
  }
}
