package dev.tiu;

import dev.tiu.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu mount}. */
@Command(
    name = "mount",
    description = "Mount a bundle's image read-only; the kernel checks every block of it.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "`tiu umount DIR` undoes it. Needs root, veritysetup, and a kernel with dm-verity."
    })
final class MountCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private TrustOptions trust;

  @Parameters(index = "0", paramLabel = "BUNDLE", description = "The bundle, os.tiu.")
  private Path file;

  @Parameters(index = "1", paramLabel = "DIR", description = "Where to mount it.")
  private Path directory;

  MountCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Bundle bundle = trust.open(file, context)) {
      Path target = VerityMount.mountPoint(directory);
      String name = VerityMount.name(bundle.imageId(), ProcessHandle.current().pid());
      new VerityMount(ProgramRunner.REAL).mount(bundle.manifest().verity(), name, file, target);
      context
          .console()
          .print(
              "%s is at %s; `tiu umount %s` takes it away"
                  .formatted(Descriptions.of(bundle.manifest()), directory, directory));
    }
    return ExitCode.OK.number();
  }
}
