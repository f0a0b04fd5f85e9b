package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.linux.CommandException;
import dev.tiu.snapshot.UpdatePlan;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu diff}. */
@Command(
    name = "diff",
    description = "Show what differs between two images, and what an update would write.",
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private InspectionOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private JsonOption json;

  @Parameters(index = "0", paramLabel = "OLD", description = "A bundle: a file or a URL.")
  private BundleLocation oldFile;

  @Parameters(index = "1", paramLabel = "NEW", description = "Another one.")
  private BundleLocation newFile;

  DiffCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Bundle old = trust.open(oldFile, transfer, context);
        Bundle now = trust.open(newFile, transfer, context)) {
      old.readDescription();
      now.readDescription();
      DiffReport report =
          new DiffReport(
              old,
              now,
              TreeDifference.between(old, now),
              packages(old, now),
              UpdatePlan.betweenImages(old, now));
      if (json.isOn()) {
        context.console().json(report.json());
      } else {
        report.lines().forEach(context.console()::print);
      }
    }
    transfer.finish();
    return ExitCode.OK.number();
  }

  /** What a missing or failing rpm prevents is said, and is no reason to show nothing. */
  private Optional<PackageDifference> packages(Bundle old, Bundle now) throws IOException {
    PackageDatabases databases = new PackageDatabases(ProgramRunner.REAL);
    try {
      Optional<Packages> before = databases.read(old);
      Optional<Packages> after = databases.read(now);
      return before.isPresent() && after.isPresent()
          ? Optional.of(PackageDifference.between(before.get(), after.get()))
          : Optional.empty();
    } catch (CommandException e) {
      context.console().note("The packages can't be compared: " + e.getMessage());
      return Optional.empty();
    }
  }
}
