package dev.tiu;

import dev.tiu.etcmerge.EtcEdit;
import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.etcmerge.text.FstabMerge;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TerminalProgram;
import dev.tiu.snapshot.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiu etc resolve}. */
@Command(
    name = "resolve",
    description = "Settle a conflict that an update left in /etc.",
    mixinStandardHelpOptions = true)
final class EtcResolveCommand implements Callable<Integer> {
  private static final int LARGEST = 1 << 20;

  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  @Parameters(paramLabel = "PATH", description = "One that `tiu etc conflicts` lists.")
  private ImagePath path;

  @ArgGroup(multiplicity = "1")
  private Choice choice;

  /** What shall be live. */
  private static final class Choice {
    @Option(names = "--local", description = "This machine's version is live.")
    private boolean local;

    @Option(names = "--image", description = "The image's version is live.")
    private boolean image;

    @Option(
        names = "--edit",
        description = "Open both in $VISUAL or $EDITOR (or vi): what the first is then is live.")
    private boolean edit;
  }

  EtcResolveCommand(Context context) {
    this.context = context;
  }

  private record Result(String path, String live) {}

  @Override
  public Integer call() throws IOException {
    BytePath below = EtcPlace.below(path);
    EtcPlace.change(device, lock, "etc resolve", false, etc -> resolve(etc, below));
    return ExitCode.OK.number();
  }

  private void resolve(EtcPlace etc, BytePath below) throws IOException {
    EtcReport report = etc.report();
    List<EtcReport.Line> lines =
        report.open(etc.live()).stream().filter(line -> line.path().equals(below)).toList();
    if (lines.isEmpty()) {
      throw new UsageException(
          "/etc/%s is in no conflict that is still open. `tiu etc conflicts` lists them"
              .formatted(below));
    }
    // The latest is the first; those that earlier updates left are settled with it.
    List<BytePath> all = lines.stream().flatMap(line -> line.beside().stream()).distinct().toList();
    Optional<BytePath> beside = all.stream().findFirst();
    if (choice.edit) {
      edit(etc, below, beside);
    } else {
      choose(etc, below, beside, lines);
    }
    for (BytePath earlier : all) {
      if (!EtcEdit.isOriginal(earlier)) {
        etc.live().removeIfThere(earlier);
      }
    }
    report.resolved(below).write(etc.place());
    if (json.isOn()) {
      String live = choice.edit ? "edited" : choice.local ? "local" : "image";
      context.console().json(new Result("/etc/" + below, live));
    } else {
      context.console().print("/etc/" + below + " is settled");
    }
  }

  private void choose(
      EtcPlace etc, BytePath below, Optional<BytePath> beside, List<EtcReport.Line> lines)
      throws IOException {
    etc.requireDirectories(below);
    SortedMap<String, FstabMerge.Own> mounts = EtcSettings.mounts(etc.live());
    Optional<BytePath> kept = Optional.empty();
    boolean isOfMetadata = lines.stream().allMatch(EtcResolveCommand::isOfMetadata);
    if (choice.image && isOfMetadata && etc.shipped().find(below).isPresent()) {
      EtcEdit.resetMetadata(etc.shipped(), etc.live(), below);
    } else if (choice.image && beside.filter(EtcEdit::isOriginal).isEmpty()) {
      EtcOwnFiles.requireReplaceable(
          etc, below, ", then settle it with `tiu etc resolve --local /etc/" + below + "`");
      kept =
          beside.isPresent()
              ? EtcEdit.takeBeside(etc.live(), below, beside.get(), mounts)
              : EtcEdit.reset(etc.shipped(), etc.live(), below, mounts);
    } else if (beside.isPresent()) {
      if (choice.local && EtcEdit.isOriginal(beside.get())) {
        kept = EtcEdit.takeBeside(etc.live(), below, beside.get(), mounts);
      } else {
        etc.live().removeTree(beside.get());
      }
    }
    kept.ifPresent(name -> context.console().note("What was there is /etc/" + name));
  }

  private static boolean isOfMetadata(EtcReport.Line line) {
    return line.is(Outcome.KEPT_LOCAL_METADATA) || line.is(Outcome.STRICTER_MODE);
  }

  private void edit(EtcPlace etc, BytePath below, Optional<BytePath> beside) throws IOException {
    etc.requireDirectories(below);
    Dir live = etc.live();
    List<BytePath> versions = new ArrayList<>(List.of(below));
    beside.ifPresent(versions::add);
    for (BytePath version : versions) {
      if (live.find(version).filter(s -> s.type() == FileType.REGULAR).isEmpty()) {
        throw new UsageException(
            "/etc/%s is no file that can be edited: choose --local or --image".formatted(version));
      }
    }
    Path directory = Files.createTempDirectory("tiu-edit");
    boolean keep = false;
    try {
      List<byte[]> contents = new ArrayList<>();
      List<Path> copies = new ArrayList<>();
      for (BytePath version : versions) {
        Path copy = directory.resolve(copies.isEmpty() ? "live" : "beside");
        contents.add(live.readAll(version, LARGEST));
        Files.write(copy, contents.get(copies.size()));
        copies.add(copy);
      }
      runEditor(copies);
      keep = true; // What somebody has written goes only when it is in place.
      for (int i = 0; i < versions.size(); i++) {
        requireUnchanged(live, versions.get(i), contents.get(i), copies.get(0));
      }
      EtcEdit.write(live, below, Files.readAllBytes(copies.get(0)), EtcSettings.mounts(etc.live()));
      keep = false;
    } finally {
      if (!keep) {
        remove(directory);
      }
    }
    if (beside.isPresent()) {
      live.removeTree(beside.get());
    }
  }

  private static void requireUnchanged(Dir live, BytePath path, byte[] before, Path written)
      throws IOException {
    boolean file = live.find(path).filter(s -> s.type() == FileType.REGULAR).isPresent();
    if (!file || !Arrays.equals(live.readAll(path, LARGEST), before)) {
      throw new DeviceException(
          "/etc/%s was changed while the editor was open. It stays as it is now, and the conflict is open; what you wrote is in %s. Bring both together and run the same command again"
              .formatted(path, written));
    }
  }

  private void runEditor(List<Path> files) throws IOException {
    List<String> argv = new ArrayList<>(List.of(editor().strip().split(" +", -1)));
    files.forEach(file -> argv.add(file.toString()));
    int code = TerminalProgram.run(argv);
    if (code != 0) {
      throw new IOException(
          "%s ended with exit code %d. Nothing in /etc was changed".formatted(argv.get(0), code));
    }
  }

  private String editor() {
    for (String variable : List.of("VISUAL", "EDITOR")) {
      String value = context.environment().get(variable);
      if (value != null && !value.isBlank()) {
        return value;
      }
    }
    return "vi";
  }

  private static void remove(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
