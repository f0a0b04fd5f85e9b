package dev.tiu;

import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.accounts.MergedAccounts;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.EtcReplacement;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder.EtcTrees;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/**
 * Brings edits into a new snapshot's /etc that were made in the old one's after the update.
 *
 * <p>Before the reboot the new /etc, which nobody has used, is merged anew and exchanged. After it,
 * if a power cut came first, the same merge is made beside it, and what that has and the first one
 * hadn't is merged into the /etc that is in use, three ways. Either may be done again.
 */
final class EtcFinish {
  private static final BytePath MERGED = BytePath.of("etc-merged");
  private static final BytePath FRESH = BytePath.of("fresh");

  private final Device device;
  private final SnapshotStore store;

  EtcFinish(Device device, SnapshotStore store) {
    this.device = device;
    this.store = store;
  }

  /** What there was to do. */
  enum Outcome {
    NOTHING("Nothing in /etc was edited since the update"),
    MERGED_AGAIN("/etc of snapshot %d was merged again, with the latest edits"),
    CAUGHT_UP("Edits made after the update and before the reboot are in /etc of snapshot %d");

    private final String sentence;

    Outcome(String sentence) {
      this.sentence = sentence;
    }

    String sentence(int number) {
      return sentence.formatted(number);
    }
  }

  /** Keeps the result as the merge made it, for {@link #finish} to compare with. */
  static void keepMerged(Dir place, Dir merged) throws IOException {
    place.removeIfThere(MERGED);
    Btrfs.snapshot(merged, place, MERGED, Access.READ_ONLY);
  }

  /** Looks at the snapshot that boots next, or has booted. */
  Outcome finish(Snapshot snapshot) throws IOException {
    try (Dir place = store.open(snapshot.number())) {
      Optional<EtcOrigin> origin = EtcOrigin.read(place);
      if (origin.isEmpty()) {
        return Outcome.NOTHING;
      }
      Optional<Snapshot> from = store.find(origin.get().snapshot());
      Outcome outcome =
          from.isEmpty() || isUnchanged(from.get(), origin.get())
              ? Outcome.NOTHING
              : bringIn(snapshot, place, from.get());
      if (snapshot.isBooted()) {
        EtcOrigin.remove(place);
        place.removeIfThere(MERGED);
      }
      return outcome;
    }
  }

  /**
   * Makes the present /etc that of another snapshot: merged with what that one's image ships, as an
   * update does it.
   */
  EtcReport take(Snapshot chosen, Snapshot from) throws IOException {
    try (Dir place = store.open(chosen.number());
        EtcReplacement replacement = EtcReplacement.begin(store, chosen, from)) {
      EtcReport report = merge(replacement.trees(), from, chosen);
      report.write(place);
      replacement.commit();
      EtcOrigin.remove(place);
      EtcReport complete = regenerate(report, chosen, place);
      complete.write(place);
      return complete;
    }
  }

  private boolean isUnchanged(Snapshot from, EtcOrigin origin) throws IOException {
    try (Dir live = store.openLiveEtc(from.number())) {
      return origin.isStill(live);
    }
  }

  private Outcome bringIn(Snapshot snapshot, Dir place, Snapshot from) throws IOException {
    EtcOrigin origin;
    try (Dir live = store.openLiveEtc(from.number())) {
      origin = EtcOrigin.of(from.number(), live);
    }
    boolean unused = !snapshot.isBooted() && isAsMerged(snapshot, place);
    if (unused) {
      replace(snapshot, place, from);
    } else {
      catchUp(snapshot, place, from);
    }
    origin.write(place);
    return unused ? Outcome.MERGED_AGAIN : Outcome.CAUGHT_UP;
  }

  /** Whether nobody has written to it since it was merged: then it may go for another one. */
  private boolean isAsMerged(Snapshot snapshot, Dir place) throws IOException {
    if (place.find(MERGED).isEmpty()) {
      return false;
    }
    try (Dir live = store.openLiveEtc(snapshot.number());
        Dir merged = place.openDir(MERGED)) {
      // A snapshot has all that was changed in its source up to the transaction that made it.
      return Btrfs.info(live).changed() <= Btrfs.info(merged).made();
    }
  }

  private void replace(Snapshot snapshot, Dir place, Snapshot from) throws IOException {
    try (EtcReplacement replacement = EtcReplacement.begin(store, snapshot, from)) {
      EtcReport report = merge(replacement.trees(), from, snapshot);
      report.write(place);
      replacement.commit();
      regenerate(report, snapshot, place).write(place);
    }
    try (Dir live = store.openLiveEtc(snapshot.number())) {
      keepMerged(place, live);
    }
  }

  private EtcReport merge(EtcTrees trees, Snapshot from, Snapshot to) throws IOException {
    MergedAccounts accounts = AccountUpdate.of(device, store, from, to).merge(trees.result());
    return maker(to).merge(trees, accounts, false, path -> true);
  }

  private EtcMaker maker(Snapshot to) throws IOException {
    return new EtcMaker(device, EtcSettings.ofImage(store, to.number()));
  }

  /** What tools make, in the /etc that has just come to its place. */
  private EtcReport regenerate(EtcReport report, Snapshot snapshot, Dir place) throws IOException {
    try (Dir root = place.openDir(Layout.ROOT);
        Dir live = store.openLiveEtc(snapshot.number());
        Dir scratch = place.openDir(Layout.FILES)) {
      return maker(snapshot).regenerate(report, root, live, scratch, path -> true);
    }
  }

  /** What the old /etc gained since the first merge, into one that is in use. */
  private void catchUp(Snapshot snapshot, Dir place, Snapshot from) throws IOException {
    if (place.find(MERGED).isEmpty()) {
      return;
    }
    try (Dir scratch = store.scratch();
        Dir source = store.open(from.number());
        Dir oldLive = store.openLiveEtc(from.number());
        Dir live = store.openLiveEtc(snapshot.number());
        Dir merged = place.openDir(MERGED)) {
      Btrfs.snapshot(oldLive, scratch, FRESH, Access.WRITABLE);
      try (Dir fresh = scratch.openDir(FRESH);
          Dir base = store.openShippedEtc(from.number());
          Dir image = store.openShippedEtc(snapshot.number());
          Dir oldRoot = source.openDir(Layout.ROOT);
          Dir newRoot = place.openDir(Layout.ROOT)) {
        EtcReport unused =
            merge(new EtcTrees(base, oldLive, image, fresh, oldRoot, newRoot), from, snapshot);
        // All that differs between the two merges is somebody's edit: no policy keeps it out.
        EtcMerge.merge(merged, fresh, live, MergeSettings.DEFAULT.withPolicies(Policies.NONE));
      }
    } finally {
      store.sweep();
    }
  }
}
