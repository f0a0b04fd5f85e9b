package dev.tiu;

import dev.tiu.boot.disk.GrowPlan;
import dev.tiu.linux.MountEntry;
import dev.tiu.linux.Mounts;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tiu grow}. */
@Command(
    name = "grow",
    description =
        "Let the system's partition and its btrfs fill the disk, as after an image was written to a"
            + " larger one. It may run while the system does, and again at any time.",
    mixinStandardHelpOptions = true)
final class GrowCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private DeviceOptions.Lock lock;

  @Option(names = "--check", description = "Only say what it would do.")
  private boolean check;

  GrowCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open()) {
      if (check) {
        context.console().print(GrowPlan.ofPartition(partition(target)).describe());
      } else {
        lock.hold(target, "grow", () -> grow(target));
      }
    }
    return ExitCode.OK.number();
  }

  private void grow(Device target) throws IOException {
    GrowPlan plan = GrowPlan.ofPartition(partition(target));
    context.console().print(plan.describe());
    long before = target.space().totalBytes();
    plan.growPartition();
    GrowPlan.growFileSystem(target.top());
    GrowStamp.remove(target.top());
    long after = target.space().totalBytes();
    context
        .console()
        .print(
            after == before
                ? "The file system has all of it: " + Console.size(after)
                : "The file system grew from %s to %s"
                    .formatted(Console.size(before), Console.size(after)));
  }

  /** What the device's btrfs lies on. */
  private Path partition(Device target) throws IOException {
    if (target.isRunning()) {
      return Path.of(target.name());
    }
    Path mountPoint = Path.of(target.name()).toRealPath();
    return Mounts.mounted().stream()
        .filter(mount -> mount.mountPoint().equals(mountPoint.toString()))
        .max(Comparator.comparingInt(MountEntry::id))
        .map(mount -> Path.of(mount.source()))
        .orElseThrow(
            () ->
                new DeviceException(
                    "%s is no mount point, so that its disk isn't known. Nothing was changed; name"
                            .formatted(mountPoint)
                        + " the directory where the btrfs is mounted"));
  }
}
