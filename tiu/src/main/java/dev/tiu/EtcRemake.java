package dev.tiu;

import dev.tiu.etcmerge.EtcChanges;
import dev.tiu.etcmerge.EtcMerge;
import dev.tiu.etcmerge.MergeReport;
import dev.tiu.etcmerge.MergeSettings;
import dev.tiu.etcmerge.Policies;
import dev.tiu.etcmerge.Policy;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotBuilder;
import dev.tiu.snapshot.SnapshotBuilder.EtcTrees;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A new /etc for a snapshot that is there, made in a scratch directory: nothing that is used is
 * touched, and what a killed command leaves of it the next one removes.
 *
 * <p>It is merged from another snapshot's live /etc, as an update does it. Where somebody has
 * written to the /etc that it is to take the place of, what that one has and its own merge hadn't
 * is in it, too.
 */
final class EtcRemake implements AutoCloseable {
  private static final BytePath FRESH = BytePath.of("fresh");
  private static final BytePath BEFORE = BytePath.of("before");
  private static final BytePath PASSWD = BytePath.of("passwd");
  private static final BytePath RESULT = BytePath.of("result");

  private final SnapshotStore store;
  private final int from;
  private final EtcMaker maker;
  private final Dir scratch;
  private final Dir root;
  private final Dir fresh;
  private Optional<Dir> before = Optional.empty();
  private Optional<Dir> combined = Optional.empty();
  private EtcReport report;

  private EtcRemake(
      SnapshotStore store,
      int from,
      EtcMaker maker,
      Dir scratch,
      Dir root,
      Dir fresh,
      EtcReport report) {
    this.store = store;
    this.from = from;
    this.maker = maker;
    this.scratch = scratch;
    this.root = root;
    this.fresh = fresh;
    this.report = report;
  }

  /**
   * Merges.
   *
   * @param accounts of an update of the one to the other's image
   * @param image of {@code to}
   * @param from whose live /etc it comes from
   * @param to whose image and root it is for
   */
  static EtcRemake merge(
      Device device,
      SnapshotStore store,
      AccountUpdate accounts,
      RecordedImage image,
      Snapshot from,
      int to)
      throws IOException {
    EtcMaker maker = new EtcMaker(device, image.policies());
    Dir scratch = store.scratch();
    try (Dir source = store.open(from.number());
        Dir place = store.open(to);
        Dir local = store.openLiveEtc(from.number())) {
      SnapshotBuilder.requireNoneNested(local, where(from.number()));
      Btrfs.snapshot(local, scratch, FRESH, Access.WRITABLE);
      Dir fresh = scratch.openDir(FRESH);
      Dir root = place.openDir(Layout.ROOT);
      try (Dir base = store.openShippedEtc(from.number());
          Dir shipped = store.openShippedEtc(to);
          Dir oldRoot = source.openDir(Layout.ROOT)) {
        EtcTrees trees = new EtcTrees(base, local, shipped, fresh, oldRoot, root);
        EtcReport report =
            maker.merge(
                trees,
                accounts.merge(fresh),
                false,
                path -> true,
                EtcReport.openIn(store, from.number()));
        report = maker.regenerate(report, root, fresh, false, scratch, path -> true);
        return new EtcRemake(store, from.number(), maker, scratch, root, fresh, report);
      } catch (IOException | RuntimeException e) {
        fresh.close();
        root.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      scratch.close();
      try {
        store.sweep();
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  /**
   * Goes out from an /etc that somebody has written to.
   *
   * @param merged what its own merge had made
   * @param policies of paths that stay as they are there; all else that differs between the two
   *     merges is somebody's edit
   * @param earlier the report that goes with it
   */
  void goOutFrom(Dir live, Dir merged, Policies policies, EtcReport earlier) throws IOException {
    Btrfs.snapshot(live, scratch, BEFORE, Access.READ_ONLY);
    Dir copy = scratch.openDir(BEFORE);
    before = Optional.of(copy);
    Btrfs.snapshot(copy, scratch, RESULT, Access.WRITABLE);
    Dir result = scratch.openDir(RESULT);
    combined = Optional.of(result);
    List<EtcReport.Line> open = LaterEdits.open(earlier, copy);
    boolean withAccounts = policies.of(PASSWD) != Policy.LOCAL;
    LaterAccounts accounts =
        withAccounts ? LaterAccounts.merge(merged, copy, fresh, from) : LaterAccounts.NONE;
    MergeSettings settings =
        MergeSettings.DEFAULT
            .withPolicies(policies)
            .withMounts(EtcSettings.mounts(result))
            .withDecided(accounts.contents())
            .withLater(new MergeSettings.Later(LaterEdits.put(open, copy)));
    MergeReport brought = EtcMerge.merge(merged, fresh, result, settings);
    List<EtcReport.Line> lines = new ArrayList<>(accounts.lines());
    brought.conflicts().forEach(entry -> lines.add(LaterEdits.line(entry, from)));
    lines.addAll(LaterEdits.judged(maker.judgeLater(brought, root, copy, fresh, result), from));
    report = report.withLater(LaterEdits.all(lines, open)).with(regenerate(brought, result));
  }

  /** What there is to say of it. */
  private List<EtcReport.Line> regenerate(MergeReport brought, Dir result) throws IOException {
    EtcReport before = EtcReport.of(brought);
    EtcReport made = maker.regenerate(before, root, result, false, scratch, path -> false);
    return made.lines().stream().filter(line -> !before.lines().contains(line)).toList();
  }

  /**
   * For a live /etc whose place the result takes; one that is in use keeps what is in it.
   *
   * @throws DeviceException if somebody made a subvolume in it
   */
  static void requireNoneNested(Dir live, int number) throws IOException {
    SnapshotBuilder.requireNoneNested(live, where(number));
  }

  private static String where(int number) {
    return "@/.snapshots/%d/snapshot/etc".formatted(number);
  }

  /** What was merged, without what somebody has written. */
  Dir fresh() {
    return fresh;
  }

  /** The whole. */
  Dir result() {
    return combined.orElse(fresh);
  }

  /** The /etc that somebody has written to, as it was when {@link #goOutFrom} began. */
  Dir before() {
    return before.orElseThrow();
  }

  /** What a subvolume was made of is still the same: nobody has written there meanwhile. */
  void requireUnchanged(Dir live, int number) throws IOException {
    if (before.isPresent()) {
      live.syncFileSystem();
    }
    if (before.isPresent()
        && Btrfs.info(live).changed() > Btrfs.info(before.get()).made()
        && !EtcChanges.between(before.get(), live).isEmpty()) {
      throw new DeviceException(
          "the /etc of snapshot %d was changed while it was merged. It stays as it is; run the same"
                  .formatted(number)
              + " command again when nobody writes there");
    }
  }

  EtcReport report() {
    return report;
  }

  @Override
  public void close() throws IOException {
    before.ifPresent(Dir::close);
    combined.ifPresent(Dir::close);
    fresh.close();
    root.close();
    scratch.close();
    store.sweep();
  }
}
