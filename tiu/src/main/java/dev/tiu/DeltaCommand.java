package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.delta.DeltaSummary;
import dev.tiu.bundle.delta.DeltaWriter;
import dev.tiu.bundle.delta.UnrelatedImagesException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu delta}. */
@Command(
    name = "delta",
    description =
        "Make a signed delta: patches by which a device that has OLD needs little of NEW.",
    mixinStandardHelpOptions = true)
final class DeltaCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(index = "0", paramLabel = "OLD", description = "The bundle that devices have.")
  private Path old;

  @Parameters(index = "1", paramLabel = "NEW", description = "The bundle that they get.")
  private Path next;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The delta to make, NEW.from-OLD.tiud. What is there is replaced at the end.")
  private Path output;

  @Option(
      names = "--level",
      paramLabel = "N",
      defaultValue = "" + DeltaWriter.DEFAULT_LEVEL,
      description = "How hard zstd tries, 1 to 22 (default: ${DEFAULT-VALUE}).")
  private int level;

  @Mixin private ThreadsOption threads;
  @Mixin private SignerOptions signers;

  DeltaCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    Console console = context.console();
    for (Path bundle : List.of(old, next)) {
      if (Files.exists(output) && Files.isSameFile(output, bundle)) {
        throw new UsageException(output + ": the delta would replace a bundle that it is made of");
      }
    }
    DeltaSummary made;
    try (Bundle from = open(old);
        Bundle to = open(next)) {
      made = writer().write(from, to, output);
    } catch (UnrelatedImagesException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    console.print(
        "Made %s: %s, from version %s to %s"
            .formatted(
                output,
                Console.size(made.size()),
                made.manifest().from().version(),
                made.manifest().to().version()));
    console.print(
        "%s for %s of content; %s (%s) left to the bundle"
            .formatted(
                patches(made.patches()),
                Console.size(made.patchedBytes()),
                Console.count(made.left(), "content"),
                Console.size(made.leftBytes())));
    console.print(
        "With both, %.1f %% of the bundle's %s are fetched"
            .formatted(
                100.0 * (made.size() + made.leftBytes()) / Files.size(next),
                Console.size(Files.size(next))));
    return ExitCode.OK.number();
  }

  /**
   * Who signed the images doesn't matter here: a device takes nothing that a patch makes unless it
   * is what the image says that the device itself has verified.
   */
  private static Bundle open(Path bundle) throws IOException {
    return Bundle.open(FileSource.open(bundle), Trust.insecureWithoutSignature());
  }

  private DeltaWriter writer() throws IOException {
    Progress progress = new ProgressLines(context.console());
    try {
      return new DeltaWriter(
          level, signers.load(), context.clock().instant(), threads.count(), progress);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  static String patches(int count) {
    return count == 1 ? "1 patch" : count + " patches";
  }
}
