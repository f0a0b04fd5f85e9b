package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.Inode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu cat}. */
@Command(
    name = "cat",
    description = "Write a file's content from a bundle to standard output.",
    mixinStandardHelpOptions = true)
final class CatCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private InspectionOptions trust;
  @Mixin private TransferOptions transfer;

  @Parameters(
      index = "0",
      paramLabel = "BUNDLE",
      description = "The bundle, os.tiu: a file or a URL.")
  private BundleLocation file;

  @Parameters(
      index = "1",
      paramLabel = "PATH",
      description = "The file in the image. Links are followed; \\xNN stands for any byte.")
  private ImagePath path;

  CatCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Bundle bundle = trust.open(file, transfer, context)) {
      ImageFiles files = new ImageFiles(bundle);
      Optional<ImageFiles.Found> found = files.find(path.path());
      if (found.isEmpty()) {
        throw new UsageException("%s has no %s".formatted(bundle.name(), path));
      }
      if (!(found.get().inode() instanceof Inode.RegularFile regular)) {
        throw new UsageException(
            "%s: %s is a %s, which has no content"
                .formatted(bundle.name(), path, Listing.name(found.get().inode().type())));
      }
      OutputStream out = context.console().bytes();
      files.copy(regular, out);
      out.flush();
    }
    transfer.finish();
    return ExitCode.OK.number();
  }
}
