package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tiu.etcmerge.EtcEdit;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiu etc reset}. */
@Command(
    name = "reset",
    description =
        "Make a path of /etc what the image ships there. What was live is put beside it as"
            + " NAME.tiu-orig.",
    mixinStandardHelpOptions = true)
final class EtcResetCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private DeviceOptions.Lock lock;
  @Mixin private JsonOption json;

  @Parameters(paramLabel = "PATH", description = "A file or directory of /etc.")
  private ImagePath path;

  EtcResetCommand(Context context) {
    this.context = context;
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Result(String path, boolean changed, @Nullable String beside) {}

  @Override
  public Integer call() throws IOException {
    BytePath below = EtcPlace.below(path);
    EtcPlace.change(device, lock, "etc reset", true, etc -> reset(etc, below));
    return ExitCode.OK.number();
  }

  /** Whoever wants the image's version has decided what was open, here and below. */
  private static void settle(EtcPlace etc, BytePath below) throws IOException {
    EtcReport report = etc.report();
    for (EtcReport.Line line : report.open(etc.live())) {
      if (line.path().startsWith(below)) {
        // The image's version, that is; one of the device's stays.
        Optional<BytePath> beside = line.beside().filter(name -> !EtcEdit.isOriginal(name));
        report = report.resolved(line.path());
        report.write(etc.place());
        if (beside.isPresent()) {
          etc.live().removeTree(beside.get());
        }
      }
    }
  }

  private void reset(EtcPlace etc, BytePath below) throws IOException {
    etc.requireDirectories(below);
    boolean there = etc.live().find(below).isPresent() || etc.shipped().find(below).isPresent();
    if (!there) {
      throw new UsageException("neither this machine nor its image has /etc/" + below);
    }
    if (!below.parent().isRoot() && etc.live().find(below.parent()).isEmpty()) {
      throw new UsageException(
          "this machine has no directory /etc/%s. Nothing was changed; reset that first"
              .formatted(below.parent()));
    }
    EtcOwnFiles.requireReplaceable(etc, below, "");
    boolean present = etc.live().find(below).isPresent();
    Optional<BytePath> beside =
        EtcEdit.reset(etc.shipped(), etc.live(), below, EtcSettings.mounts(etc.live()));
    settle(etc, below);
    boolean changed = beside.isPresent() || !present;
    String place = beside.map(name -> "/etc/" + name).orElse(null);
    if (json.isOn()) {
      context.console().json(new Result("/etc/" + below, changed, place));
    } else if (changed) {
      String rest = place == null ? "" : "; what was there is " + place;
      context.console().print("/etc/%s is the image's again%s".formatted(below, rest));
    } else {
      context.console().print("/etc/%s already is as the image ships it".formatted(below));
    }
  }
}
