package dev.tiu;

import dev.tiu.etcmerge.EtcEdit;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TerminalProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    Optional<BytePath> beside = lines.stream().flatMap(line -> line.beside().stream()).findFirst();
    if (choice.edit) {
      edit(etc.live(), below, beside);
    } else {
      choose(etc, below, beside);
    }
    report.resolved(below).write(etc.place());
    if (json.isOn()) {
      String live = choice.edit ? "edited" : choice.local ? "local" : "image";
      context.console().json(new Result("/etc/" + below, live));
    } else {
      context.console().print("/etc/" + below + " is settled");
    }
  }

  private void choose(EtcPlace etc, BytePath below, Optional<BytePath> beside) throws IOException {
    if (beside.isPresent()) {
      boolean besideIsLocal = beside.get().name().toString().contains(".tiu-orig");
      if (besideIsLocal == choice.local) {
        EtcEdit.takeBeside(etc.live(), below, beside.get());
      } else {
        etc.live().removeTree(beside.get());
      }
    } else if (choice.image) {
      Optional<BytePath> kept = EtcEdit.reset(etc.shipped(), etc.live(), below);
      kept.ifPresent(name -> context.console().note("What was there is /etc/" + name));
    }
  }

  private void edit(Dir live, BytePath below, Optional<BytePath> beside) throws IOException {
    List<BytePath> versions = new ArrayList<>(List.of(below));
    beside.ifPresent(versions::add);
    for (BytePath version : versions) {
      if (live.find(version).filter(s -> s.type() == FileType.REGULAR).isEmpty()) {
        throw new UsageException(
            "/etc/%s is no file that can be edited: choose --local or --image".formatted(version));
      }
    }
    Path directory = Files.createTempDirectory("tiu-edit");
    try {
      List<Path> copies = new ArrayList<>();
      for (BytePath version : versions) {
        Path copy = directory.resolve(copies.isEmpty() ? "live" : "beside");
        Files.write(copy, live.readAll(version, LARGEST));
        copies.add(copy);
      }
      runEditor(copies);
      EtcEdit.write(live, below, Files.readAllBytes(copies.get(0)));
    } finally {
      remove(directory);
    }
    if (beside.isPresent()) {
      live.removeTree(beside.get());
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
