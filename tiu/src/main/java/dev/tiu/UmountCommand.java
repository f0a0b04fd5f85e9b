package dev.tiu;

import dev.tiu.linux.MountEntry;
import dev.tiu.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tiu umount}. */
@Command(name = "umount", description = "Undo `tiu mount`.", mixinStandardHelpOptions = true)
final class UmountCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Where the image is mounted.")
  private Path directory;

  @Override
  public Integer call() throws IOException {
    String target = VerityMount.mountPoint(directory).toString();
    MountEntry mounted =
        Mounts.mounted().stream()
            .filter(mount -> mount.mountPoint().equals(target))
            .max(Comparator.comparingInt(MountEntry::id))
            .orElseThrow(() -> new UsageException("nothing is mounted at " + directory));
    new VerityMount(ProgramRunner.REAL).unmount(directory.toRealPath(), mounted.source());
    return ExitCode.OK.number();
  }
}
