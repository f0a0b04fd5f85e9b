package dev.tiu;

import dev.tiu.linux.Btrfs;
import dev.tiu.linux.Dir;
import dev.tiu.linux.MountEntry;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tiu adopt}. */
@Command(
    name = "adopt",
    description =
        "Make a system that is on btrfs already the first snapshot of tiu's layout, beside itself, so"
            + " that it can be updated to images.",
    mixinStandardHelpOptions = true)
final class AdoptCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--sysroot",
      paramLabel = "MNT",
      description =
          "Top level (subvolid 5) of a btrfs whose system doesn't run, mounted there. Without it: the"
              + " running system.")
  private Optional<Path> sysroot = Optional.empty();

  @Option(
      names = "--root",
      paramLabel = "SUBVOL",
      description =
          "With --sysroot: the subvolume that is that system's root, from the top level, which is /.")
  private Optional<String> root = Optional.empty();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description =
          "What the device is: an image's --compatible pattern must match it. Goes into its"
              + " /etc/tiu/tiu.toml.")
  private Optional<String> deviceName = Optional.empty();

  @Option(
      names = "--finish",
      description =
          "Take everything anew of a system that was adopted and goes on running: right before the"
              + " reboot.")
  private boolean finish;

  @Mixin private BootOptions start;
  @Mixin private DeviceOptions.Lock lock;

  AdoptCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (sysroot.isPresent() != root.isPresent()) {
      throw new UsageException(
          "--sysroot MNT and --root SUBVOL go together: where the disk is mounted, and which of its"
              + " subvolumes is the system's root, as `btrfs subvolume list` shows it");
    }
    if (finish && deviceName.isPresent()) {
      throw new UsageException(
          "--device is for the first time: what the adopted system's /etc/tiu has stays");
    }
    requireBtrfs();
    try (Device device =
            sysroot.isPresent() ? Device.ofSysroot(sysroot.get()) : Device.ofRunningSystem();
        AdoptionSource source = AdoptionSource.find(device, root)) {
      AdoptTransaction transaction =
          new AdoptTransaction(
              device, source, start, deviceName, context.console(), context.clock());
      transaction.requireName();
      if (finish) {
        lock.hold(device, "adopt --finish", transaction::finish);
      } else {
        lock.hold(device, "adopt", transaction::adopt);
      }
    }
    return ExitCode.OK.number();
  }

  private void requireBtrfs() throws IOException {
    if (sysroot.isPresent()) {
      try (Dir top = Dir.open(sysroot.get())) {
        if (!Btrfs.isBtrfs(top)) {
          throw notBtrfs("the system at " + sysroot.get(), "another file system");
        }
      }
      return;
    }
    MountEntry mount = AdoptionSource.rootMount();
    if (!mount.fsType().equals("btrfs")) {
      throw notBtrfs("the running system's root", mount.fsType());
    }
  }

  private static DeviceException notBtrfs(String what, String type) {
    return new DeviceException(
        ("%s is on %s, and only a system on btrfs can be adopted where it is. Nothing was changed; make"
                + " a disk with an image by `tiu install --disk /dev/sdX IMAGE`, and copy over what you"
                + " need")
            .formatted(what, type));
  }
}
