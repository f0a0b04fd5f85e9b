package dev.tiu;

import dev.tiu.bundle.Channel;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.delta.DeltaWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu publish}. */
@Command(
    name = "publish",
    description = {
      "Make a directory of bundles a channel that devices update from, with deltas between them.",
      "Any web server can serve it. Run it again whenever bundles come or go."
    },
    mixinStandardHelpOptions = true)
final class PublishCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private TrustOptions trust;
  @Mixin private SignerOptions signers;
  @Mixin private ThreadsOption threads;
  @Mixin private JsonOption json;

  @Option(
      names = "--deltas",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "From how many earlier versions deltas lead to the newest (default: ${DEFAULT-VALUE}).")
  private int deltas;

  @Parameters(paramLabel = "DIR", description = "The directory, with *.tiu files in it.")
  private Path directory;

  PublishCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (deltas < 0) {
      throw new UsageException("--deltas " + deltas + ": a number of versions, 0 or more");
    }
    if (!Files.isDirectory(directory)) {
      throw new UsageException(directory + ": isn't a directory");
    }
    DeltaWriter writer =
        new DeltaWriter(
            DeltaWriter.DEFAULT_LEVEL,
            signers.load(),
            context.clock().instant(),
            threads.count(),
            Progress.NONE);
    Publication.Result result =
        new Publication(
                directory, trust.trust(context), writer, deltas, threads.count(), context.console())
            .run();
    for (PublishedFiles.LeftOut file : result.leftOut()) {
      context.console().note("Left out: " + file.reason());
    }
    if (json.isOn()) {
      context.console().json(View.of(result));
    } else {
      print(result);
    }
    return result.code().number();
  }

  private void print(Publication.Result result) {
    for (Publication.Made made : result.made()) {
      context
          .console()
          .print(
              "Made %s: %s, %s"
                  .formatted(
                      made.file(),
                      Console.size(made.size()),
                      made.patches() == 1 ? "1 patch" : made.patches() + " patches"));
    }
    Channel channel = result.channel();
    context
        .console()
        .print(
            "%s %s%s, %s"
                .formatted(
                    directory.resolve(Channel.FILE),
                    result.changed() ? "lists " : "is up to date: ",
                    Console.count(channel.images().size(), "image"),
                    Console.count(channel.deltas().size(), "delta")));
  }

  /** What a program gets. */
  private record View(
      boolean changed,
      List<String> images,
      List<String> deltas,
      List<String> made,
      List<Out> leftOut) {
    record Out(String file, String reason, boolean wrong) {}

    static View of(Publication.Result result) {
      return new View(
          result.changed(),
          result.channel().images().stream().map(Channel.ImageFile::file).toList(),
          result.channel().deltas().stream().map(Channel.DeltaFile::file).toList(),
          result.made().stream().map(Publication.Made::file).toList(),
          result.leftOut().stream()
              .map(f -> new Out(f.file(), f.reason(), f.code() != ExitCode.OK))
              .toList());
    }
  }
}
