package dev.tiu.snapshot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Which snapshots may go. Ours only: one that snapper made is never proposed. */
public final class Retention {
  private Retention() {}

  /**
   * The snapshots that nothing may delete: the booted, the default, and the way back from the
   * default.
   */
  public static Set<Integer> untouchable(List<Snapshot> snapshots) {
    Set<Integer> kept = new HashSet<>();
    for (Snapshot snapshot : snapshots) {
      if (snapshot.isBooted() || snapshot.isDefault() || !snapshot.isOurs()) {
        kept.add(snapshot.number());
      }
    }
    wayBack(snapshots).ifPresent(snapshot -> kept.add(snapshot.number()));
    return Set.copyOf(kept);
  }

  /**
   * The newest good snapshot before the default: where a rollback goes. If there is none before it,
   * the newest good one after it; a rollback never goes there by itself.
   */
  public static Optional<Snapshot> wayBack(List<Snapshot> snapshots) {
    return before(snapshots).or(() -> newestGood(snapshots, Integer.MAX_VALUE));
  }

  /**
   * Where the default came from, if that is good: it ran when the default was made, and what lies
   * between them may never have run. Else the newest good snapshot before the default; if no
   * snapshot is the default, of all.
   */
  public static Optional<Snapshot> before(List<Snapshot> snapshots) {
    Optional<Snapshot> origin =
        snapshots.stream()
            .filter(Snapshot::isDefault)
            .findFirst()
            .flatMap(present -> origin(snapshots, present));
    return origin.or(() -> newestBefore(snapshots));
  }

  private static Optional<Snapshot> origin(List<Snapshot> snapshots, Snapshot present) {
    return snapshots.stream()
        .filter(s -> present.info().base().equals(OptionalInt.of(s.number())))
        .filter(s -> s.is(SnapshotState.GOOD) && s.root().isPresent())
        .findFirst();
  }

  private static Optional<Snapshot> newestBefore(List<Snapshot> snapshots) {
    int present =
        snapshots.stream()
            .filter(Snapshot::isDefault)
            .mapToInt(Snapshot::number)
            .findFirst()
            .orElse(Integer.MAX_VALUE);
    return newestGood(snapshots, present);
  }

  private static Optional<Snapshot> newestGood(List<Snapshot> snapshots, int below) {
    return snapshots.stream()
        .filter(s -> s.is(SnapshotState.GOOD) && s.root().isPresent() && !s.isDefault())
        .filter(s -> s.number() < below)
        .max(Comparator.comparingInt(Snapshot::number));
  }

  /** What serves no purpose any more: half-built ones and those known to be bad. */
  public static List<Snapshot> useless(List<Snapshot> snapshots) {
    return candidates(snapshots).stream().filter(s -> !s.isBootable()).toList();
  }

  /** Whole ones beyond the newest {@code keep}, the oldest first. */
  public static List<Snapshot> surplus(List<Snapshot> snapshots, int keep) {
    List<Snapshot> whole =
        new ArrayList<>(snapshots.stream().filter(Snapshot::isBootable).toList());
    whole.sort(Comparator.comparingInt(Snapshot::number));
    List<Snapshot> old = whole.subList(0, Math.max(0, whole.size() - keep));
    Set<Integer> untouchable = untouchable(snapshots);
    return old.stream().filter(s -> !untouchable.contains(s.number())).toList();
  }

  private static List<Snapshot> candidates(List<Snapshot> snapshots) {
    Set<Integer> untouchable = untouchable(snapshots);
    return snapshots.stream().filter(s -> !untouchable.contains(s.number())).toList();
  }
}
