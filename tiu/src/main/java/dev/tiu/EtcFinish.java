package dev.tiu;

import dev.tiu.etcmerge.EtcChanges;
import dev.tiu.etcmerge.EtcInUse;
import dev.tiu.etcmerge.PathGlob;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.Policy;
import dev.tiu.etcmerge.accounts.AccountFile;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.SubvolumeInfo;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.EtcReplacement;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Brings edits into a new snapshot's /etc that were made in the old one's after the update.
 *
 * <p>Before the reboot a new /etc is made beside it, and exchanged for it at once. After it, if a
 * power cut came first, the /etc is in use and stays in its place: what changed since is put in,
 * file by file. If the image's files need other owners, because somebody made an account with the
 * number of one of the image's, a whole snapshot is made in place of the one there is. Either may
 * be cut off anywhere and done again.
 */
final class EtcFinish {
  private static final BytePath MERGED = BytePath.of("etc-merged");

  private final Device device;
  private final SnapshotStore store;
  private final Clock clock;
  private boolean changesUnits;

  EtcFinish(Device device, SnapshotStore store, Clock clock) {
    this.device = device;
    this.store = store;
    this.clock = clock;
  }

  /** Whether what came into the /etc in use has something that systemd reads when it starts. */
  boolean changesUnits() {
    return changesUnits;
  }

  /** What there was to do. */
  enum Outcome {
    NOTHING("Nothing in /etc was edited since the update"),
    MERGED_AGAIN("/etc of snapshot %d was merged again, with the latest edits"),
    CAUGHT_UP("Edits made after the update and before the reboot are in /etc of snapshot %d"),
    RENUMBERED(
        "Accounts were made since the update with numbers of the image's: snapshot %d, in which"
            + " those have others, has the latest edits, and boots next");

    private final String sentence;

    Outcome(String sentence) {
      this.sentence = sentence;
    }

    String sentence(int number) {
      return sentence.formatted(number);
    }
  }

  /**
   * What was done.
   *
   * @param snapshot the one whose /etc has all edits: another one than before if it was renumbered,
   *     and then not yet the default
   */
  record Result(Outcome outcome, Snapshot snapshot) {}

  /**
   * What came of making today's /etc that of another snapshot.
   *
   * @param snapshot the one that has it
   */
  record Taken(EtcReport report, Snapshot snapshot) {}

  /** Keeps the result as the merge made it, for {@link #finish} to compare with. */
  static void keepMerged(Dir place, Dir merged) throws IOException {
    place.removeIfThere(MERGED);
    Btrfs.snapshot(merged, place, MERGED, Access.READ_ONLY);
  }

  /** Looks at the snapshot that boots next, or has booted. */
  Result finish(Snapshot snapshot) throws IOException {
    try (Dir place = store.open(snapshot.number())) {
      Optional<EtcOrigin> origin = EtcOrigin.read(place);
      if (origin.isEmpty()) {
        if (snapshot.isBooted()) {
          place.removeIfThere(MERGED); // Should a run have been killed below.
        }
        return new Result(Outcome.NOTHING, snapshot);
      }
      // What was written, and isn't on the disk yet, doesn't count as a change until it is.
      device.top().syncFileSystem();
      Optional<Snapshot> from = store.find(origin.get().snapshot());
      Result result =
          from.isEmpty() || isUnchanged(from.get(), origin.get())
              ? new Result(Outcome.NOTHING, snapshot)
              : bringIn(snapshot, place, from.get());
      if (snapshot.isBooted()) {
        EtcOrigin.remove(place);
        place.removeIfThere(MERGED);
      }
      return result;
    }
  }

  /**
   * Makes the present /etc that of another snapshot: merged with what that one's image ships, as an
   * update does it. What that one had lies in its {@code etc-before}.
   */
  Taken take(Snapshot chosen, Snapshot from) throws IOException {
    RecordedImage image = RecordedImage.of(store, chosen.number());
    AccountUpdate accounts = AccountUpdate.of(device, store, from, chosen, image);
    if (!accounts.fits()) {
      return new Renumbering(device, store, clock, accounts, image, chosen, from).take();
    }
    try (EtcRemake made = EtcRemake.merge(device, store, accounts, image, from, chosen.number());
        EtcReplacement replacement = EtcReplacement.begin(store, chosen, made.result())) {
      replacement.note(EtcReport.NAME, made.report().json());
      // A run that was killed may have done this before: then etc-before has what is to be kept.
      replacement.keepMerged(replacement.etc());
      if (isAsMerged(chosen)) {
        replacement.dropBefore();
      }
      replacement.commit();
      return new Taken(made.report(), chosen);
    }
  }

  /**
   * For what can only go on with the same snapshot.
   *
   * @throws DeviceException if files of it have other numbers than their accounts have here by now
   */
  void requireFit(Snapshot chosen, Snapshot from) throws IOException {
    RecordedImage image = RecordedImage.of(store, chosen.number());
    AccountUpdate accounts = AccountUpdate.of(device, store, from, chosen, image);
    if (!accounts.fits()) {
      throw new DeviceException(
          "files of %s in snapshot %d have a number that is another account's by now, as have those"
                  .formatted(String.join(", ", accounts.unfit()), chosen.number())
              + " in the /var that it keeps. Nothing was changed; without --var it goes, and without"
              + " --keep-etc");
    }
  }

  private boolean isUnchanged(Snapshot from, EtcOrigin origin) throws IOException {
    try (Dir live = store.openLiveEtc(from.number())) {
      return origin.isStill(live);
    }
  }

  /**
   * Before the copy, so that what is written later counts as a change; and after all else that
   * reads there, as the time of an access is one, too.
   */
  private EtcOrigin origin(Snapshot from) throws IOException {
    device.top().syncFileSystem();
    try (Dir live = store.openLiveEtc(from.number())) {
      return EtcOrigin.of(from.number(), live);
    }
  }

  private Result bringIn(Snapshot snapshot, Dir place, Snapshot from) throws IOException {
    RecordedImage image = RecordedImage.of(store, snapshot.number());
    AccountUpdate accounts = AccountUpdate.of(device, store, from, snapshot, image);
    EtcOrigin origin = origin(from);
    if (snapshot.isBooted()) {
      catchUp(snapshot, place, from, accounts, image);
      origin.write(place);
      return new Result(Outcome.CAUGHT_UP, snapshot);
    }
    boolean unused = isAsMerged(snapshot, place);
    if (!accounts.fits()) {
      Renumbering renumbering =
          new Renumbering(device, store, clock, accounts, image, snapshot, from);
      return new Result(Outcome.RENUMBERED, renumbering.bringIn(origin, unused));
    }
    replace(snapshot, place, from, accounts, image, origin, unused);
    return new Result(unused ? Outcome.MERGED_AGAIN : Outcome.CAUGHT_UP, snapshot);
  }

  private boolean isAsMerged(Snapshot snapshot) throws IOException {
    device.top().syncFileSystem();
    try (Dir place = store.open(snapshot.number())) {
      return isAsMerged(snapshot, place);
    }
  }

  /** Whether nobody has written to it since it was merged: then it may go for another one. */
  private boolean isAsMerged(Snapshot snapshot, Dir place) throws IOException {
    if (place.find(MERGED).isEmpty()) {
      return false;
    }
    try (Dir live = store.openLiveEtc(snapshot.number());
        Dir merged = place.openDir(MERGED)) {
      SubvolumeInfo now = Btrfs.info(live);
      SubvolumeInfo then = Btrfs.info(merged);
      // A snapshot has all that was changed in its source up to the transaction that made it. What
      // was changed later may be no more than a time of access.
      return (then.parentUuid().equals(Optional.of(now.uuid())) && now.changed() <= then.made())
          || EtcChanges.between(merged, live).isEmpty();
    }
  }

  /**
   * What was made of an /etc, to be compared with it.
   *
   * @throws DeviceException if that is missing
   */
  static Dir openMerged(Dir place, int number, int from) throws IOException {
    if (place.find(MERGED).isEmpty()) {
      throw new DeviceException(
          "%s of snapshot %d is missing, by which edits made after the update are told from what"
                  .formatted(MERGED, number)
              + " the image brings. They are in @/.snapshots/%d/snapshot/etc alone: look there for"
                  .formatted(from)
              + " what you need; `tiu etc diff` shows what %d has".formatted(number));
    }
    return place.openDir(MERGED);
  }

  private void replace(
      Snapshot snapshot,
      Dir place,
      Snapshot from,
      AccountUpdate accounts,
      RecordedImage image,
      EtcOrigin origin,
      boolean unused)
      throws IOException {
    try (EtcRemake made = EtcRemake.merge(device, store, accounts, image, from, snapshot.number());
        Dir live = store.openLiveEtc(snapshot.number())) {
      EtcReport before = EtcReport.read(place, snapshot.number());
      if (!unused) {
        EtcRemake.requireNoneNested(live, snapshot.number());
        try (Dir merged = openMerged(place, snapshot.number(), from.number())) {
          made.goOutFrom(live, merged, Policies.NONE, before);
        }
      }
      try (EtcReplacement replacement = EtcReplacement.begin(store, snapshot, made.result())) {
        replacement.note(EtcReport.NAME, made.report().withResolvedOf(before).json());
        replacement.note(EtcOrigin.NAME, origin.json());
        replacement.keepMerged(unused ? replacement.etc() : made.fresh());
        made.requireUnchanged(live, snapshot.number());
        if (unused) {
          replacement.dropBefore();
        }
        replacement.commit();
      }
    }
  }

  /** What the old /etc gained since the first merge, into one that is in use. */
  private void catchUp(
      Snapshot snapshot, Dir place, Snapshot from, AccountUpdate accounts, RecordedImage image)
      throws IOException {
    try (EtcRemake made = EtcRemake.merge(device, store, accounts, image, from, snapshot.number());
        Dir merged = openMerged(place, snapshot.number(), from.number());
        Dir live = store.openLiveEtc(snapshot.number())) {
      EtcReport before = EtcReport.read(place, snapshot.number());
      made.goOutFrom(live, merged, accounts.fits() ? Policies.NONE : withoutAccounts(), before);
      made.report().withResolvedOf(before).write(place);
      changesUnits =
          EtcChanges.between(made.before(), made.result()).stream()
              .anyMatch(change -> SystemdReload.isFor(change.path()));
      boolean complete = EtcInUse.change(made.before(), made.result(), live);
      device.top().syncFileSystem();
      if (!complete) {
        throw new DeviceException(
            "/etc was changed by somebody while edits were brought into it. Those are in which"
                + " nobody else changed; run the same command again for the others");
      }
    }
    if (!accounts.fits()) {
      throw new DeviceException(clash(snapshot, from, accounts));
    }
  }

  /** Those of the system that runs have their numbers: files that it made have them, too. */
  private static Policies withoutAccounts() {
    Map<PathGlob, Policy> local = new HashMap<>();
    for (AccountFile file : AccountFile.values()) {
      local.put(new PathGlob(file.fileName()), Policy.LOCAL);
    }
    return Policies.NONE.with(local);
  }

  private static String clash(Snapshot snapshot, Snapshot from, AccountUpdate accounts) {
    return ("accounts were made or removed in snapshot %d after the update to snapshot %d, which"
            + " runs now, so that numbers of %s in it are others' there: no account was brought in."
            + " All other edits were. Give the new accounts other numbers in"
            + " @/.snapshots/%d/snapshot/etc, with usermod -R and groupmod -R, and their files in"
            + " /home; then run `tiu etc finish` again")
        .formatted(
            from.number(), snapshot.number(), String.join(", ", accounts.unfit()), from.number());
  }
}
