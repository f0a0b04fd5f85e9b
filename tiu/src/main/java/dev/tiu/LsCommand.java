package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.Child;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu ls}. */
@Command(
    name = "ls",
    description = "List files in a bundle.",
    mixinStandardHelpOptions = true,
    footer = {"", "Names have \\xNN for what can't be shown; times are in UTC."})
final class LsCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private InspectionOptions trust;
  @Mixin private TransferOptions transfer;

  @Option(
      names = "-l",
      description = "Show type and mode, link count, owner and group, size, time, and link target.")
  private boolean details;

  @Option(names = "-R", description = "Show all that lies below, by path.")
  private boolean recursive;

  @Parameters(
      index = "0",
      paramLabel = "BUNDLE",
      description = "The bundle, os.tiu: a file or a URL.")
  private BundleLocation file;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATH",
      description = "A directory of the image, or any other file (default: its root).")
  private ImagePath path = ImagePath.ROOT;

  LsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    try (Bundle bundle = trust.open(file, transfer, context)) {
      List<Child> entries = entries(bundle);
      if (details) {
        Listing.of(entries).forEach(context.console()::print);
      } else {
        entries.forEach(entry -> context.console().print(entry.name().toString()));
      }
    }
    transfer.finish();
    return ExitCode.OK.number();
  }

  private List<Child> entries(Bundle bundle) throws IOException {
    ImageFiles files = new ImageFiles(bundle);
    Optional<ImageFiles.Found> target = files.find(path.path());
    // A link to anything but a directory is shown itself, as ls does.
    Optional<ImageFiles.Found> shown =
        target.filter(f -> f.inode() instanceof Inode.Directory).isPresent()
            ? target
            : files.findUnfollowed(path.path());
    ImageFiles.Found found =
        shown.orElseThrow(() -> new UsageException("%s has no %s".formatted(bundle.name(), path)));
    if (!(found.inode() instanceof Inode.Directory directory)) {
      return List.of(new Child(path.path(), found.inode()));
    }
    return recursive ? below(bundle.tree(), found.path()) : bundle.tree().list(directory);
  }

  private static List<Child> below(Tree tree, BytePath top) {
    List<Child> entries = new ArrayList<>();
    tree.entries()
        .forEach(
            (path, inode) -> {
              if (path.startsWith(top)) {
                entries.add(new Child(path, inode));
              }
            });
    return entries;
  }
}
