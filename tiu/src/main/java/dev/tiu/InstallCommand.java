package dev.tiu;

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
    description = "Put the first system on a mounted, empty btrfs.",
    mixinStandardHelpOptions = true)
final class InstallCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--sysroot",
      paramLabel = "MNT",
      required = true,
      description = "Where the empty btrfs is mounted.")
  private Path sysroot;

  @Mixin private TrustOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private ThreadsOption threads;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description =
          "What the device is; the image's --compatible pattern must match it. Needed where that"
              + " has wildcards.")
  private Optional<String> deviceName = Optional.empty();

  @Parameters(paramLabel = "BUNDLE", description = "The image to install, os.tiu: a file or a URL.")
  private BundleLocation bundle;

  InstallCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Bundle image = trust.open(bundle, transfer, context);
        Device device = Device.ofSysroot(sysroot)) {
      if (!device.isInstalled()) {
        NewSystem.requireEmpty(device);
      }
      InstallTransaction transaction =
          new InstallTransaction(
              device, image, deviceName, threads.count(), context.console(), context.clock());
      lock.hold(device, "install", transaction::run);
    }
    transfer.finish(context.console());
    return ExitCode.OK.number();
  }
}
