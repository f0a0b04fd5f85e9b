package dev.tiu;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileSystemSpace;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.Retention;
import dev.tiu.snapshot.SharedVar;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tiu status}. */
@Command(
    name = "status",
    description = "Show what a device runs, what boots next, and what needs attention.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private static final int SHOWN = 3;

  private final Context context;

  @Mixin private DeviceOptions device;
  @Mixin private BootOptions start;
  @Mixin private JsonOption json;

  StatusCommand(Context context) {
    this.context = context;
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Status(
      String device,
      List<String> compatible,
      @Nullable SnapshotView isDefault,
      @Nullable SnapshotView booted,
      @Nullable SnapshotView next,
      @Nullable SnapshotView wayBack,
      @Nullable BootView boot,
      List<Integer> unfinished,
      List<EtcConflictView> etcConflicts,
      List<String> varSetAside,
      List<String> problems,
      long totalBytes,
      long availableBytes) {}

  @Override
  public Integer call() throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      Status status = status(target, store, start);
      if (json.isOn()) {
        context.console().json(status);
      } else {
        lines(status).forEach(context.console()::print);
      }
    }
    return ExitCode.OK.number();
  }

  private static Status status(Device target, SnapshotStore store, BootOptions start)
      throws IOException {
    List<Snapshot> all = store.list();
    Optional<Snapshot> isDefault = all.stream().filter(Snapshot::isDefault).findFirst();
    List<String> problems = new ArrayList<>(store.problems());
    List<String> names = List.of();
    List<EtcConflictView> conflicts = List.of();
    if (isDefault.isPresent()) {
      names = orProblem(problems, () -> names(target, store, isDefault.get()));
      conflicts = orProblem(problems, () -> conflicts(store, isDefault.get()));
    }
    List<Snapshot> next = new ArrayList<>();
    List<BootView> boot =
        orProblem(
            problems,
            () -> {
              try (Boot found = start.open(target, store)) {
                problems.addAll(initrd(found));
                if (!all.isEmpty()) {
                  FailedFinish.of(store, found, all.get(all.size() - 1)).ifPresent(problems::add);
                }
                found.findNext().ifPresent(next::add);
                return BootView.of(found).stream().toList();
              }
            });
    List<String> aside =
        orProblem(
            problems,
            () ->
                new SharedVar(target, store)
                    .setAside(all).stream().map(path -> "/" + path).toList());
    FileSystemSpace space = target.space();
    return new Status(
        target.name(),
        names,
        isDefault.map(SnapshotView::of).orElse(null),
        all.stream().filter(Snapshot::isBooted).findFirst().map(SnapshotView::of).orElse(null),
        next.stream().findFirst().map(SnapshotView::of).orElse(null),
        Retention.wayBack(all).map(SnapshotView::of).orElse(null),
        boot.stream().findFirst().orElse(null),
        all.stream().filter(s -> s.is(SnapshotState.BUILDING)).map(Snapshot::number).toList(),
        conflicts,
        aside,
        problems,
        space.totalBytes(),
        space.availableBytes());
  }

  /** What is to boot next has an initrd that doesn't fit its /etc: making another one failed. */
  private static List<String> initrd(Boot boot) throws IOException {
    if (!boot.hasLoader()) {
      return List.of();
    }
    Optional<Snapshot> next = boot.findNext().filter(s -> s.isBootable() && !s.isBooted());
    List<String> changed =
        next.isPresent() ? boot.changedInitrdInputs(next.get()) : List.<String>of();
    return changed.isEmpty()
        ? List.of()
        : List.of(
            ("the initrd of snapshot %d, which boots next, was made before these were changed: %s."
                    + " `tiu etc finish` makes it anew")
                .formatted(next.get().number(), Console.some(changed, SHOWN)));
  }

  private interface Question<T> {
    List<T> ask() throws IOException;
  }

  /** What can't be answered is something that needs attention, not a reason to say nothing. */
  private static <T> List<T> orProblem(List<String> problems, Question<T> question) {
    try {
      return question.ask();
    } catch (IOException e) {
      problems.add(e.getMessage());
      return List.of();
    }
  }

  private static List<String> names(Device target, SnapshotStore store, Snapshot snapshot)
      throws IOException {
    try (Dir etc = store.openLiveEtc(snapshot.number())) {
      return DeviceNames.of(Optional.empty(), Configuration.read(etc), target.isRunning());
    }
  }

  /** Conflicts of the merge that made this snapshot's /etc and that nobody has resolved. */
  private static List<EtcConflictView> conflicts(SnapshotStore store, Snapshot snapshot)
      throws IOException {
    try (Dir place = store.open(snapshot.number());
        Dir etc = store.openLiveEtc(snapshot.number())) {
      return EtcReport.read(place, snapshot.number()).open(etc).stream()
          .map(EtcConflictView::of)
          .toList();
    }
  }

  private static List<String> lines(Status status) {
    List<String> lines = new ArrayList<>();
    lines.add("Device     " + status.device() + named(status.compatible()));
    lines.add("Default    " + line(status.isDefault(), "none of tiu's snapshots"));
    if (status.booted() != null) {
      lines.add("Booted     " + line(status.booted(), ""));
    }
    if (status.booted() != null
        && status.next() != null
        && status.next().number() != status.booted().number()) {
      lines.add("Next       " + line(status.next(), "") + ": it runs after a reboot");
    }
    lines.add("Way back   " + line(status.wayBack(), "none"));
    if (status.boot() != null) {
      lines.add("Loader     " + loader(status.boot()));
      if (status.boot().weakness() != null) {
        lines.add("Trials     " + status.boot().weakness());
      }
    }
    lines.add(
        "Free       %s of %s"
            .formatted(Console.size(status.availableBytes()), Console.size(status.totalBytes())));
    for (int number : status.unfinished()) {
      lines.add(
          "Half built snapshot %d: the same `tiu update` again goes on with it, `tiu gc` removes it"
              .formatted(number));
    }
    for (EtcConflictView conflict : status.etcConflicts()) {
      lines.add("Conflict   " + conflict.path() + ": " + conflict.reason());
    }
    for (String path : status.varSetAside()) {
      lines.add(
          "Set aside  %s: what the device had there before an image owned it, and has again without"
                  .formatted(path)
              + " such an image. Remove it when no snapshot needs it");
    }
    status.problems().forEach(problem -> lines.add("Problem    " + problem));
    return lines;
  }

  private static String loader(BootView boot) {
    List<String> parts = new ArrayList<>();
    parts.add(boot.loader());
    parts.add(
        "can start snapshots "
            + boot.published().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    if (boot.trial() != null) {
      parts.add("snapshot %d is %s".formatted(boot.trial(), boot.trialOf(boot.trial()).orElse("")));
    }
    return String.join("; ", parts);
  }

  private static String named(List<String> names) {
    return names.isEmpty() ? "" : ", a " + String.join(", ", names);
  }

  private static String line(@Nullable SnapshotView view, String otherwise) {
    return view == null
        ? otherwise
        : "snapshot %d, %s, %s, made %s%s"
            .formatted(
                view.number(),
                view.versionText(),
                view.state(),
                view.date(),
                view.keepsVar() ? ", keeps /var" : "");
  }
}
