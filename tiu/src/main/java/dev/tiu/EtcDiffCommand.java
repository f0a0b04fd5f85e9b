package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tiu.etcmerge.EtcChanges;
import dev.tiu.etcmerge.text.UnifiedDiff;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu etc diff}. */
@Command(
    name = "diff",
    description = "Show how files of /etc differ from the image's, line by line.",
    mixinStandardHelpOptions = true)
final class EtcDiffCommand implements Callable<Integer> {
  private static final int LARGEST = 1 << 20;

  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private JsonOption json;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description = "A file or directory of /etc (default: all of it).")
  private Optional<ImagePath> path = Optional.empty();

  EtcDiffCommand(Context context) {
    this.context = context;
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record View(
      String path,
      String change,
      String shipped,
      String live,
      @Nullable List<String> lines,
      @Nullable Boolean escaped) {}

  @Override
  public Integer call() throws IOException {
    BytePath wanted = path.isPresent() ? EtcPlace.below(path.get()) : BytePath.ROOT;
    try (Device target = device.open();
        SnapshotStore store = target.snapshots();
        EtcPlace etc = EtcPlace.ofRunning(store)) {
      if (!wanted.isRoot()) {
        requireThere(etc, wanted);
      }
      List<View> views = new ArrayList<>();
      for (EtcChanges.Change change : EtcChanges.between(etc.shipped(), etc.live())) {
        if (change.path().startsWith(wanted) || wanted.startsWith(change.path())) {
          views.add(view(etc, change));
        }
      }
      if (json.isOn()) {
        context.console().json(views);
      } else {
        views.forEach(this::print);
      }
    }
    return ExitCode.OK.number();
  }

  private static View view(EtcPlace etc, EtcChanges.Change change) throws IOException {
    return new View(
        "/etc/" + change.path(),
        change.kind().name().toLowerCase(Locale.ROOT),
        describe(etc.shipped(), change.path()),
        describe(etc.live(), change.path()),
        lines(etc, change.path()).orElse(null),
        isEscaped(etc, change.path()) ? true : null);
  }

  /** Type, mode and owner, and where a link leads. */
  private static String describe(Dir tree, BytePath path) throws IOException {
    Optional<FileStatus> status = tree.find(path);
    if (status.isEmpty()) {
      return "absent";
    }
    FileStatus found = status.get();
    String target =
        found.type() == FileType.SYMLINK ? " to " + BytePath.display(tree.readLink(path)) : "";
    return "%s %04o %d:%d%s"
        .formatted(
            found.type().name().toLowerCase(Locale.ROOT).replace('_', ' '),
            found.mode(),
            found.uid(),
            found.gid(),
            target);
  }

  /** Empty where lines can't tell: what is no file, or no text. */
  private static Optional<List<String>> lines(EtcPlace etc, BytePath path) throws IOException {
    Optional<byte[]> before = content(etc.shipped(), path);
    Optional<byte[]> after = content(etc.live(), path);
    if (before.isEmpty() || after.isEmpty()) {
      return Optional.empty();
    }
    return UnifiedDiff.of("image/etc/" + path, before.get(), "/etc/" + path, after.get());
  }

  /** Whether the lines have bytes written as {@code \xNN}, which may stand in a file as well. */
  private static boolean isEscaped(EtcPlace etc, BytePath path) throws IOException {
    return content(etc.shipped(), path).filter(UnifiedDiff::escapes).isPresent()
        || content(etc.live(), path).filter(UnifiedDiff::escapes).isPresent();
  }

  private static void requireThere(EtcPlace etc, BytePath path) throws IOException {
    etc.requireDirectories(path);
    if (etc.live().find(path).isEmpty() && etc.shipped().find(path).isEmpty()) {
      throw new UsageException("neither this machine nor its image has /etc/" + path);
    }
  }

  /** Nothing is an empty file, so that what was added or removed is shown, too. */
  private static Optional<byte[]> content(Dir tree, BytePath path) throws IOException {
    Optional<FileStatus> status = tree.find(path);
    if (status.isEmpty()) {
      return Optional.of(new byte[0]);
    }
    boolean small = status.get().type() == FileType.REGULAR && status.get().size() <= LARGEST;
    return small ? Optional.of(tree.readAll(path, LARGEST)) : Optional.empty();
  }

  private void print(View view) {
    List<String> lines = view.lines();
    if (!view.shipped().equals(view.live()) || lines == null || lines.isEmpty()) {
      String how = view.shipped().equals(view.live()) ? view.change() : view.live();
      context
          .console()
          .print("%s: %s, in the image %s".formatted(view.path(), how, view.shipped()));
    }
    if (lines != null) {
      lines.forEach(context.console()::print);
    }
  }
}
