package dev.tiu;

import dev.tiu.bundle.EtcPolicy;
import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.LocalVersions;
import dev.tiu.etcmerge.MergeEntry;
import dev.tiu.etcmerge.MergeReport;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.Policy;
import dev.tiu.etcmerge.Regeneration;
import dev.tiu.etcmerge.RegenerationEntry;
import dev.tiu.etcmerge.Tools;
import dev.tiu.etcmerge.Validation;
import dev.tiu.etcmerge.ValidationEntry;
import dev.tiu.etcmerge.accounts.MergedAccounts;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import dev.tiu.linux.Room;
import dev.tiu.linux.RoomOutcome;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.SnapshotBuilder.EtcTrees;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes a snapshot's /etc: merged, judged by the new system's own tools, and with what such tools
 * make. No tool can make an update fail.
 */
final class EtcMaker {
  private static final BytePath ETC = BytePath.of("etc");
  private static final BytePath USR_LOCAL = BytePath.of("usr/local");
  private static final BytePath SHARED_USR_LOCAL = BytePath.of("@/usr-local");

  /** Each is done in a second, as a rule. */
  private static final Duration TIME_LIMIT = Duration.ofMinutes(5);

  private final Device device;
  private final List<EtcPolicy> policies;

  /**
   * @param policies that the maker of the new image wants
   */
  EtcMaker(Device device, List<EtcPolicy> policies) {
    this.device = device;
    this.policies = List.copyOf(policies);
  }

  /**
   * Merges, and has the result judged.
   *
   * @param isInPlace whether the result already lies at etc in the new root
   * @param touched where the image may differ from the base
   * @param earlier conflicts that are open in the local /etc
   */
  EtcReport merge(
      EtcTrees trees,
      MergedAccounts accounts,
      boolean isInPlace,
      Predicate<BytePath> touched,
      List<EtcReport.Line> earlier)
      throws IOException {
    MergeSettings settings =
        EtcSettings.of(trees.result(), policies)
            .withRoots(new MergeSettings.Roots(trees.oldRoot(), trees.newRoot()))
            .withDecided(AccountUpdate.contents(accounts))
            .withTouched(touched);
    MergeReport report = EtcMerge.merge(trees.base(), trees.image(), trees.result(), settings);
    LocalVersions versions = new LocalVersions(trees.local(), trees.image(), trees.result());
    List<ValidationEntry> judged =
        judge(report, trees.newRoot(), trees.result(), versions, isInPlace);
    return EtcReport.of(report, accounts.notes())
        .withJudged(judged)
        .withEarlier(earlier, trees.result());
  }

  /**
   * Has judged what later edits were merged into.
   *
   * @param local what it was without them
   * @param edited what it would be with nothing but them
   */
  List<ValidationEntry> judgeLater(MergeReport report, Dir root, Dir local, Dir edited, Dir result)
      throws IOException {
    LocalVersions versions = LocalVersions.beforeLater(local, edited, result);
    return judge(report, root, result, versions, false);
  }

  private List<ValidationEntry> judge(
      MergeReport report, Dir root, Dir result, LocalVersions versions, boolean isInPlace)
      throws IOException {
    Set<BytePath> changed = new LinkedHashSet<>();
    for (MergeEntry entry : report.entries()) {
      if (entry.outcome().changesLive()) {
        changed.add(entry.path());
      }
    }
    try (RoomOf room = new RoomOf(root)) {
      Room place = isInPlace ? room.get() : room.get().showing(result, ETC);
      return Validation.run(changed, tools(place), versions);
    }
  }

  /**
   * Has tools make what they make in /etc, where a path of the report asks for it.
   *
   * @param isInPlace whether that already lies at etc in the root
   * @param scratch a directory outside of it
   * @param systemChanged whether the new system has something else at or below that path
   */
  EtcReport regenerate(
      EtcReport report,
      Dir root,
      Dir etc,
      boolean isInPlace,
      Dir scratch,
      Predicate<BytePath> systemChanged)
      throws IOException {
    Policies all = EtcSettings.policies(etc, policies);
    Predicate<BytePath> byPolicy = path -> all.of(path) == Policy.REGENERATE;
    List<BytePath> changed = report.lines().stream().map(EtcReport.Line::path).toList();
    try (RoomOf room = new RoomOf(root)) {
      Room place = isInPlace ? room.get().writable(ETC) : room.get().lending(etc, ETC);
      List<RegenerationEntry> made =
          Regeneration.run(etc, scratch, changed, byPolicy, systemChanged, tools(place));
      return regenerated(report, etc, byPolicy, made).withMade(made);
    }
  }

  /** Of what a tool has made no other version is needed; where none did, that is said. */
  static EtcReport regenerated(
      EtcReport report, Dir etc, Predicate<BytePath> byPolicy, List<RegenerationEntry> made)
      throws IOException {
    List<EtcReport.Line> lines = new ArrayList<>();
    for (EtcReport.Line line : report.lines()) {
      List<RegenerationEntry> tried =
          made.stream()
              .filter(entry -> entry.outcome() != RegenerationEntry.Outcome.NO_TOOL)
              .filter(entry -> entry.concerns(line.path()))
              .toList();
      boolean wasMade =
          tried.stream().anyMatch(entry -> entry.outcome() == RegenerationEntry.Outcome.MADE);
      if (!byPolicy.test(line.path())) {
        lines.add(line);
      } else if (wasMade && line.isOfBothSides()) {
        lines.add(line.asRegenerated());
        if (line.beside().isPresent()) {
          etc.removeIfThere(line.beside().get());
        }
      } else {
        lines.add(line);
        if (tried.isEmpty()) {
          lines.add(line.asWithoutTool());
        }
      }
    }
    return new EtcReport(lines);
  }

  /** A room that can't be made is like a tool that can't be run. */
  private static Tools tools(Room room) {
    return new Tools() {
      @Override
      public boolean has(String program) throws IOException {
        return room.has(program);
      }

      @Override
      public RoomOutcome run(List<String> argv) {
        try {
          return room.run(argv);
        } catch (IOException e) {
          return new RoomOutcome.CannotRun(String.valueOf(e.getMessage()));
        }
      }
    };
  }

  /** The new system with the device's own programs, as it will be booted. */
  private final class RoomOf implements AutoCloseable {
    private final Room room;
    private final Dir usrLocal;

    RoomOf(Dir root) throws IOException {
      boolean there =
          device
              .top()
              .find(SHARED_USR_LOCAL)
              .filter(status -> status.type() == FileType.DIRECTORY)
              .isPresent();
      this.usrLocal = device.top().openDir(there ? SHARED_USR_LOCAL : BytePath.ROOT);
      Room bare = Room.of(root).timeLimit(TIME_LIMIT);
      this.room = there ? bare.showing(usrLocal, USR_LOCAL) : bare;
    }

    Room get() {
      return room;
    }

    @Override
    public void close() {
      usrLocal.close();
    }
  }
}
