package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.accounts.AccountFiles;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Applied;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.ImageReference;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import dev.tiu.snapshot.Sources;
import dev.tiu.snapshot.UpdatePlan;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes a snapshot in place of another one of the same image, in which the files of some accounts
 * have numbers that are others' by now.
 *
 * <p>It is an update to the image that is there: of a file nothing but its owner is written. The
 * other one stays as it is until this one is the default, so that the switch is the one step that
 * counts.
 */
final class Renumbering {
  private final Device device;
  private final SnapshotStore store;
  private final Clock clock;
  private final AccountUpdate accounts;
  private final RecordedImage image;
  private final Snapshot other;
  private final Snapshot from;

  /**
   * Plans nothing yet.
   *
   * @param accounts of an update of {@code from} to the image of {@code other}
   * @param image the other's
   * @param other the snapshot that has the image
   * @param from the one whose live /etc is taken
   */
  Renumbering(
      Device device,
      SnapshotStore store,
      Clock clock,
      AccountUpdate accounts,
      RecordedImage image,
      Snapshot other,
      Snapshot from) {
    this.device = device;
    this.store = store;
    this.clock = clock;
    this.accounts = accounts;
    this.image = image;
    this.other = other;
    this.from = from;
  }

  /** With the /etc that an update would make; the other snapshot stays. */
  EtcFinish.Taken take() throws IOException {
    EtcReport[] report = new EtcReport[1];
    Snapshot made =
        make(
            builder -> {
              try (EtcRemake etc = remake(builder)) {
                builder.copyEtc(etc.result());
                builder.keepFile(EtcReport.NAME, etc.report().json());
                builder.keepFile(Renumbered.NAME, new Renumbered(other.number(), false).json());
                report[0] = etc.report();
              }
            });
    return new EtcFinish.Taken(report[0], made);
  }

  /**
   * With the latest edits, and those that somebody made in the other one's /etc.
   *
   * @param origin of the live /etc that is taken, from before it is read
   * @param unused whether nobody has written to the other one's /etc
   */
  Snapshot bringIn(EtcOrigin origin, boolean unused) throws IOException {
    return make(
        builder -> {
          try (EtcRemake etc = remake(builder);
              Dir place = store.open(other.number());
              Dir live = store.openLiveEtc(other.number());
              Dir made = store.open(builder.number())) {
            EtcReport before = EtcReport.read(place, other.number());
            if (!unused) {
              EtcRemake.requireNoneNested(live, other.number());
              goOutFrom(etc, place, live, before);
            }
            builder.copyEtc(etc.result());
            builder.keepFile(EtcReport.NAME, etc.report().withResolvedOf(before).json());
            builder.keepFile(EtcOrigin.NAME, origin.json());
            builder.keepFile(Renumbered.NAME, new Renumbered(other.number(), unused).json());
            try (Dir result = store.openLiveEtc(builder.number())) {
              EtcFinish.keepMerged(made, unused ? result : etc.fresh());
            }
            etc.requireUnchanged(live, other.number());
          }
        });
  }

  private EtcRemake remake(SnapshotBuilder builder) throws IOException {
    return EtcRemake.merge(device, store, accounts, image, from, builder.number());
  }

  /** What was changed in its accounts was changed for the numbers that they have there. */
  private void goOutFrom(EtcRemake etc, Dir place, Dir live, EtcReport before) throws IOException {
    try (Dir merged = EtcFinish.openMerged(place, other.number(), from.number())) {
      AccountFiles asMerged = AccountReader.read(merged);
      if (!asMerged.equals(AccountReader.read(live))) {
        throw new DeviceException(
            "accounts were changed in snapshot %d, where %s has another number than it can have by"
                    .formatted(other.number(), String.join(", ", accounts.unfit()))
                + " now, and in snapshot %d as well. Both stay as they are; undo the changes in"
                    .formatted(from.number())
                + " @/.snapshots/%d/snapshot/etc, and run the same command again"
                    .formatted(other.number()));
      }
      etc.goOutFrom(live, merged, Policies.NONE, before);
    }
  }

  /** Makes the /etc of a snapshot whose root has its owners. */
  private interface EtcWork {
    void make(SnapshotBuilder builder) throws IOException;
  }

  private Snapshot make(EtcWork work) throws IOException {
    reopenWaiting();
    removeUnfinished();
    try (Bundle record = store.openRecord(other.number())) {
      UpdatePlan plan = plan(record);
      Fitness.requireSpace(plan.diskBytes(), device.space(), device.name());
      SnapshotBuilder builder =
          SnapshotBuilder.beginInPlaceOf(store, other, from, accounts.ids(), clock.instant());
      try (builder) {
        builder.keepSkeleton(record, OptionalInt.of(other.number()));
        Applied unused = builder.apply(plan, Sources.of(record), 1, bytes -> {});
        // There has to be one, for tools that are run in the new root.
        try (Dir etc = store.openShippedEtc(builder.number())) {
          builder.copyEtc(etc);
        }
        work.make(builder);
        builder.seal(plan);
      } catch (IOException | RuntimeException e) {
        discard(builder, e);
        throw e;
      }
      return store.find(builder.number()).orElseThrow();
    } catch (BundleException | VerityException e) {
      throw cannot("its record is damaged: " + e.getMessage());
    }
  }

  private UpdatePlan plan(Bundle record) throws IOException {
    UpdatePlan plan =
        UpdatePlan.fromSnapshot(store, other, record, Sources.of(record), accounts.ids());
    if (plan.repaired() > 0 || plan.filesWritten() > 0) {
      throw cannot(Console.count(plan.repaired(), "file") + " of it isn't as the image has it");
    }
    return plan;
  }

  private DeviceException cannot(String why) {
    return new DeviceException(
        "files of %s in snapshot %d have a number that is another account's by now, and can't be"
                .formatted(String.join(", ", accounts.unfit()), other.number())
            + " given another: %s. Nothing was changed, and edits made since the update aren't in"
                .formatted(why)
            + " that snapshot; `tiu update --force` to its image makes it anew, with them");
  }

  /** One that is whole, and has waited for the switch since a run was killed, is made again. */
  private void reopenWaiting() throws IOException {
    for (Snapshot snapshot : store.list()) {
      boolean ours =
          snapshot.is(SnapshotState.STAGED)
              && snapshot.number() != other.number()
              && !snapshot.isDefault()
              && !snapshot.isBooted()
              && snapshot.info().image().equals(other.info().image())
              && snapshot.info().base().equals(OptionalInt.of(from.number()))
              && Renumbered.isThere(store, snapshot);
      if (ours && store.ids(snapshot.number()).equals(accounts.ids())) {
        Recovery.reopen(store, snapshot);
      } else if (ours) {
        store.remove(snapshot);
      }
    }
  }

  /** Of runs that were killed, and that this one can't go on with. */
  private void removeUnfinished() throws IOException {
    Optional<ImageReference> same = other.info().image();
    Optional<Integer> kept =
        SnapshotBuilder.unfinished(store, same.orElseThrow(), Optional.of(from), accounts.ids())
            .map(Snapshot::number);
    for (Snapshot snapshot : store.list()) {
      if (snapshot.is(SnapshotState.BUILDING)
          && snapshot.info().image().equals(same)
          && !kept.equals(Optional.of(snapshot.number()))) {
        store.remove(snapshot);
      }
    }
  }

  private static void discard(SnapshotBuilder builder, Exception cause) {
    try {
      builder.discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }
}
