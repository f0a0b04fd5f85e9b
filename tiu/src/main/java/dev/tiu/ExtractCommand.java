package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.snapshot.Extraction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu extract}. */
@Command(
    name = "extract",
    description = "Unpack a bundle's image, checked and complete.",
    mixinStandardHelpOptions = true)
final class ExtractCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private TrustOptions trust;
  @Mixin private TransferOptions transfer;
  @Mixin private ThreadsOption threads;

  @Parameters(
      index = "0",
      paramLabel = "BUNDLE",
      description = "The bundle, os.tiu: a file or a URL.")
  private BundleLocation file;

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description =
          "An empty directory, or one to be made: on btrfs that is a subvolume. After a failure it"
              + " is as it was.")
  private Path directory;

  ExtractCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Bundle bundle = trust.open(file, transfer, context);
        Extraction extraction = Extraction.prepare(bundle, directory)) {
      long needed = extraction.plan().diskBytes();
      long available = extraction.space().availableBytes();
      if (needed > available) {
        throw new NoSpaceException(
            "%s has %s free, and %s needs %s. Nothing was written"
                .formatted(
                    directory, Console.size(available), bundle.name(), Console.size(needed)));
      }
      extraction.run(threads.count());
      context
          .console()
          .print(
              "%s is in %s%s: %s, %s of content"
                  .formatted(
                      Descriptions.of(bundle.manifest()),
                      directory,
                      extraction.isSubvolume() ? ", a new subvolume" : "",
                      Console.count(bundle.tree().entries().size(), "path"),
                      Console.size(extraction.plan().contentBytes())));
    }
    transfer.finish(context.console());
    return ExitCode.OK.number();
  }
}
