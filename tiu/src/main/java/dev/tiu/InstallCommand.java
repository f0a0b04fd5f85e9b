package dev.tiu;

import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.bundle.Bundle;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.NewSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu install}. */
@Command(
    name = "install",
    description =
        "Put the first system on a disk: on a mounted, empty btrfs, or with its partitions and all"
            + " that it boots with on a device or into an image.",
    mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--sysroot",
      paramLabel = "MNT",
      description = "Where the empty btrfs is mounted.")
  private Optional<Path> sysroot = Optional.empty();

  @Option(
      names = "--disk",
      paramLabel = "FILE|/dev/X",
      description = "The disk to make: an image in a file, or a device, all of it.")
  private Optional<Path> disk = Optional.empty();

  @Mixin private TrustOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private ThreadsOption threads;
  @Mixin private SetupOptions setup;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description =
          "What the device is; the image's --compatible pattern must match it. Needed where that"
              + " has wildcards.")
  private Optional<String> deviceName = Optional.empty();

  @Option(
      names = "--boot",
      paramLabel = "LOADER",
      description =
          "With --disk: the boot loader, pi, systemd-boot, grub, u-boot, u-boot-bootcount or extlinux."
              + " Needed where the image doesn't tell.")
  private Optional<Kind> boot = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      description =
          "With --disk and a file: how large it becomes, 8G (default: two systems and 1.5 GiB).")
  private Optional<DiskSize> size = Optional.empty();

  @Option(
      names = "--force",
      paramLabel = "/dev/X",
      description =
          "With --disk: overwrite what is on the disk of that name, which must be the same once"
              + " more. Never one that is in use.")
  private Optional<String> force = Optional.empty();

  @Option(names = "--bundle", paramLabel = "BUNDLE", description = "The same as the argument.")
  private Optional<BundleLocation> option = Optional.empty();

  @Parameters(
      arity = "0..1",
      paramLabel = "BUNDLE",
      description = "The image to install, os.tiu: a file or a URL.")
  private Optional<BundleLocation> parameter = Optional.empty();

  InstallCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (option.isPresent() == parameter.isPresent()) {
      throw new UsageException("say which image to install, once: BUNDLE or --bundle BUNDLE");
    }
    if (sysroot.isPresent() == disk.isPresent()) {
      throw new UsageException(
          "say where to, in one of two ways: --sysroot MNT for a btrfs that is mounted, --disk for a"
              + " device or an image with all that boots");
    }
    if (sysroot.isPresent()
        && (boot.isPresent() || size.isPresent() || force.isPresent() || setup.isAnyGiven())) {
      throw new UsageException(
          "--boot, --size, --force, --hostname, --user, --authorized-keys and --wifi go with --disk");
    }
    try (Bundle image = trust.open(option.or(() -> parameter).orElseThrow(), transfer, context)) {
      if (disk.isPresent()) {
        DiskInstall.Options options =
            new DiskInstall.Options(disk.get(), deviceName, boot, size, force, threads.count());
        new DiskInstall(image, options, setup, context).run();
      } else {
        installOn(sysroot.orElseThrow(), image);
      }
    }
    transfer.finish(context.console());
    return ExitCode.OK.number();
  }

  private void installOn(Path mountPoint, Bundle image) throws IOException {
    try (Device device = Device.ofSysroot(mountPoint)) {
      if (!device.isInstalled()) {
        NewSystem.requireEmpty(device);
      }
      InstallTransaction transaction =
          new InstallTransaction(
              device,
              image,
              deviceName,
              threads.count(),
              InstallTransaction.Unfinished.KEPT,
              context.console(),
              context.clock());
      lock.hold(device, "install", () -> transaction.run(snapshot -> {}));
    }
  }
}
