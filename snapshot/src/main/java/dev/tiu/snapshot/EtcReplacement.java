package dev.tiu.snapshot;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import java.io.IOException;
import java.util.function.Predicate;

/**
 * Another live /etc for a whole snapshot that isn't booted.
 *
 * <p>The order, and what a command that is killed leaves behind after each:
 *
 * <ol>
 *   <li>{@code N/etc-next}, a snapshot of the live /etc that it is to come from, is merged: the
 *       next command removes it;
 *   <li>all of it is synced;
 *   <li>the root is made writable for a moment: the next command makes it read-only;
 *   <li>the new one and {@code N/snapshot/etc} are exchanged, at once: it is done;
 *   <li>the root is read-only again; its seal, which the exchange has broken, is made anew: without
 *       it the next update looks at each file;
 *   <li>what was live is kept as {@code N/etc-before}, in place of what was there: the next command
 *       does it.
 * </ol>
 */
public final class EtcReplacement implements AutoCloseable {
  private static final BytePath NEXT = BytePath.of("etc-next");
  private static final BytePath BEFORE = BytePath.of("etc-before");
  private static final BytePath LIVE = Layout.ROOT.resolve(Layout.ETC);

  private final SnapshotStore store;
  private final Snapshot snapshot;
  private final Dir place;
  private final SnapshotBuilder.EtcTrees trees;

  private EtcReplacement(
      SnapshotStore store, Snapshot snapshot, Dir place, SnapshotBuilder.EtcTrees trees) {
    this.store = store;
    this.snapshot = snapshot;
    this.place = place;
    this.trees = trees;
  }

  /**
   * Begins one.
   *
   * @param snapshot whose /etc is replaced; whole, and not booted
   * @param from the snapshot with whose live /etc the new one begins
   */
  public static EtcReplacement begin(SnapshotStore store, Snapshot snapshot, Snapshot from)
      throws IOException {
    if (snapshot.isBooted() || !snapshot.isBootable()) {
      throw new DeviceException(
          "the /etc of snapshot %d can't be replaced: it is %s"
              .formatted(snapshot.number(), snapshot.isBooted() ? "booted" : "not whole"));
    }
    Dir place = store.open(snapshot.number());
    try (Dir source = store.open(from.number())) {
      place.removeIfThere(NEXT);
      try (Dir live = source.openDir(LIVE)) {
        Btrfs.snapshot(live, place, NEXT, Access.WRITABLE);
      }
      SnapshotBuilder.EtcTrees trees =
          new SnapshotBuilder.EtcTrees(
              source.openDir(Layout.ETC),
              source.openDir(LIVE),
              place.openDir(Layout.ETC),
              place.openDir(NEXT),
              source.openDir(Layout.ROOT),
              place.openDir(Layout.ROOT));
      return new EtcReplacement(store, snapshot, place, trees);
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** What the merge is handed: the base of the one that it comes from, and the result to be. */
  public SnapshotBuilder.EtcTrees trees() {
    return trees;
  }

  /** Makes it live, and keeps what was live as {@code N/etc-before}. */
  public void commit() throws IOException {
    place.syncFileSystem();
    try (Dir root = place.openDir(Layout.ROOT)) {
      boolean sealed = snapshot.info().rootSeal().filter(isNow(root)).isPresent();
      FileStatus before = root.status(BytePath.ROOT);
      Btrfs.setAccess(root, Access.WRITABLE);
      place.exchange(NEXT, LIVE);
      root.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
      Btrfs.setAccess(root, Access.READ_ONLY);
      place.syncFileSystem();
      if (sealed) {
        store.writeInfo(snapshot.info().withRootSeal(Seal.of(root)));
      }
    }
    keepBefore(place);
  }

  private static Predicate<Seal> isNow(Dir root) throws IOException {
    return Seal.of(root)::equals;
  }

  private static void keepBefore(Dir place) throws IOException {
    place.removeIfThere(BEFORE);
    place.renameNoReplace(NEXT, BEFORE);
  }

  /** Puts in order what a killed replacement left. */
  public static void recover(SnapshotStore store) throws IOException {
    for (Snapshot snapshot : store.list()) {
      if (!snapshot.isOurs() || snapshot.is(SnapshotState.BUILDING)) {
        continue;
      }
      try (Dir place = store.open(snapshot.number())) {
        if (place.find(NEXT).isPresent()) {
          recover(place);
        }
      }
    }
  }

  private static void recover(Dir place) throws IOException {
    boolean exchanged;
    try (Dir root = place.openDir(Layout.ROOT);
        Dir next = place.openDir(NEXT);
        Dir live = place.openDir(LIVE)) {
      Btrfs.setAccess(root, Access.READ_ONLY);
      exchanged = Btrfs.info(live).made() > Btrfs.info(next).made();
    }
    if (exchanged) {
      keepBefore(place);
    } else {
      place.removeTree(NEXT);
    }
  }

  @Override
  public void close() {
    trees.close();
    place.close();
  }
}
