package dev.tiu;

import dev.tiu.boot.DefaultSubvolume;
import dev.tiu.bundle.Bundle;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu update}. */
@Command(
    name = "update",
    description = "Install an image as a new snapshot, and make that the default.",
    mixinStandardHelpOptions = true)
final class UpdateCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private TrustOptions trust;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private ThreadsOption threads;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "What the device is, instead of what its /etc/tiu/tiu.toml says.")
  private Optional<String> deviceName = Optional.empty();

  @Option(
      names = "--allow-downgrade",
      description = "Also install a version older than the present one.")
  private boolean allowDowngrade;

  @Option(
      names = "--force",
      description = "Install the image again though a snapshot has it already, or it is known bad.")
  private boolean force;

  @Option(
      names = "--stage",
      description = "Only build the snapshot; `tiu rollback N` makes it the default later.")
  private boolean stage;

  @Parameters(paramLabel = "BUNDLE", description = "The image to install, os.tiu.")
  private Path bundle;

  UpdateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    UpdateTransaction.Options options =
        new UpdateTransaction.Options(deviceName, allowDowngrade, force, stage, threads.count());
    try (Bundle image = trust.open(bundle, context);
        Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      Activation activation = new Activation(target, store, new DefaultSubvolume(target.top()));
      UpdateTransaction transaction =
          new UpdateTransaction(
              target, store, activation, image, options, context.console(), context.clock());
      lock.hold(target, "update", transaction::run);
    }
    return ExitCode.OK.number();
  }
}
