package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.verity.VerityException;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Another live /etc for a whole snapshot that isn't booted, with what is noted of it.
 *
 * <p>The order, and what a command that is killed leaves behind after each:
 *
 * <ol>
 *   <li>{@code N/.tiu-etc} is filled, with {@code etc} in it and the files that go with it, and
 *       {@code N/.tiu-etc-merged}: the next command removes them;
 *   <li>all of it is synced;
 *   <li>the root is made writable for a moment: the next command makes it read-only, and removes
 *       them;
 *   <li>{@code N/.tiu-etc/etc} and {@code N/snapshot/etc} are exchanged, at once: that one is live,
 *       and the next command does all that follows;
 *   <li>the root has its time again and is read-only; its seal, which the exchange has broken, is
 *       made anew: without it the next update looks at each file;
 *   <li>the files and {@code N/etc-merged} take the place of those that there were;
 *   <li>what was live is kept as {@code N/etc-before}, in place of what was there, unless it was
 *       nobody's work.
 * </ol>
 */
public final class EtcReplacement implements AutoCloseable {
  /** What is noted of a live /etc: what the merge did, and which /etc it was made from. */
  private static final List<String> NOTES = List.of("etc-merge.json", "etc-origin.json");

  /** In place of a note, or of the tree: there is none, and one that was there goes. */
  private static final byte[] NONE = {};

  private static final BytePath PLACE = BytePath.of(".tiu-etc");
  private static final BytePath ETC = BytePath.of("etc");

  /** Not in {@link #PLACE}: a read-only subvolume can't go from one directory to another. */
  private static final BytePath MERGED = BytePath.of(".tiu-etc-merged");

  private static final BytePath NEXT = PLACE.resolve(ETC);

  /** Says that what was live is nobody's work. */
  private static final BytePath UNUSED = PLACE.resolve("unused");

  /** What a new info.xml is written to before it is renamed. */
  private static final BytePath INFO_TEMPORARY = BytePath.of(".info.xml.tiu-tmp");

  private static final BytePath BEFORE = BytePath.of("etc-before");
  private static final BytePath LIVE = Layout.ROOT.resolve(Layout.ETC);

  /**
   * What comes with an /etc and goes with it: below N, from where it is made to where it counts.
   */
  private static final SortedMap<BytePath, BytePath> WITH_IT = withIt();

  private final SnapshotStore store;
  private final Snapshot snapshot;
  private final Dir place;
  private final Dir unfinished;
  private final Dir etc;
  private boolean decided;

  private EtcReplacement(
      SnapshotStore store, Snapshot snapshot, Dir place, Dir unfinished, Dir etc) {
    this.store = store;
    this.snapshot = snapshot;
    this.place = place;
    this.unfinished = unfinished;
    this.etc = etc;
  }

  private static SortedMap<BytePath, BytePath> withIt() {
    SortedMap<BytePath, BytePath> names = new TreeMap<>();
    NOTES.forEach(name -> names.put(PLACE.resolve(name), Layout.FILES.resolve(name)));
    names.put(MERGED, BytePath.of("etc-merged"));
    return Collections.unmodifiableSortedMap(names);
  }

  /**
   * Begins one.
   *
   * @param snapshot whose /etc is replaced; whole, and not booted
   * @param source the subvolume of which the new one is a snapshot
   */
  public static EtcReplacement begin(SnapshotStore store, Snapshot snapshot, Dir source)
      throws IOException {
    if (snapshot.isBooted() || !snapshot.isBootable()) {
      throw new DeviceException(
          "the /etc of snapshot %d can't be replaced: it is %s. Nothing was changed"
              .formatted(snapshot.number(), snapshot.isBooted() ? "booted" : "not whole"));
    }
    Dir place = store.open(snapshot.number());
    try {
      discard(place);
      place.makeDir(PLACE, 0700);
      Btrfs.snapshot(source, place, NEXT, Access.WRITABLE);
      return new EtcReplacement(store, snapshot, place, place.openDir(PLACE), place.openDir(NEXT));
    } catch (IOException | RuntimeException e) {
      place.close();
      throw e;
    }
  }

  /** What will be live. */
  public Dir etc() {
    return etc;
  }

  /** Has a note on it, by its name in {@code N/tiu}; those that it has not will be gone. */
  public void note(String name, byte[] content) throws IOException {
    if (!NOTES.contains(name) || content.length == 0) {
      throw new IllegalArgumentException(name);
    }
    unfinished.writeAtomically(BytePath.of(name), content, 0600);
  }

  /** Keeps a tree as it is now, to become {@code N/etc-merged}; without it, there will be none. */
  public void keepMerged(Dir merged) throws IOException {
    Btrfs.snapshot(merged, place, MERGED, Access.READ_ONLY);
  }

  /** For one that nobody has written to: it isn't kept, and N/etc-before stays what it is. */
  public void dropBefore() throws IOException {
    place.writeNew(UNUSED, NONE, 0600);
  }

  /** Makes it live, and keeps what was live as {@code N/etc-before}. */
  public void commit() throws IOException {
    for (BytePath made : WITH_IT.keySet()) {
      if (place.find(made).isEmpty()) {
        place.writeNew(made, NONE, 0600);
      }
    }
    place.syncFileSystem();
    try (Dir root = place.openDir(Layout.ROOT)) {
      boolean sealed = snapshot.info().rootSeal().equals(Optional.of(Seal.of(root)));
      FileStatus before = root.status(BytePath.ROOT);
      Btrfs.setAccess(root, Access.WRITABLE);
      decided = true;
      place.exchange(NEXT, LIVE);
      root.setModificationTime(BytePath.ROOT, before.mtimeSeconds(), before.mtimeNanos());
      Btrfs.setAccess(root, Access.READ_ONLY);
      place.syncFileSystem();
      if (sealed) {
        store.writeInfo(snapshot.info().withRootSeal(Seal.of(root)));
      }
    }
    complete(place);
  }

  /** What follows the exchange; may be cut off anywhere and done again. */
  private static void complete(Dir place) throws IOException {
    for (Map.Entry<BytePath, BytePath> entry : WITH_IT.entrySet()) {
      BytePath made = entry.getKey();
      Optional<FileStatus> status = place.find(made);
      if (status.isEmpty()) {
        continue;
      }
      boolean file = status.get().type() == FileType.REGULAR;
      if (file && status.get().size() > NONE.length) {
        place.rename(made, entry.getValue());
      } else {
        place.removeIfThere(entry.getValue());
        if (file) {
          place.unlink(made);
        } else {
          place.renameNoReplace(made, entry.getValue());
        }
      }
    }
    if (place.find(UNUSED).isPresent()) {
      place.removeIfThere(NEXT);
    } else {
      place.removeIfThere(BEFORE);
      place.renameNoReplace(NEXT, BEFORE);
    }
    place.removeTree(PLACE);
    place.syncFileSystem();
  }

  /** Puts in order what a killed replacement left. */
  public static void recover(SnapshotStore store) throws IOException {
    for (Snapshot snapshot : store.list()) {
      if (!snapshot.isOurs() || snapshot.is(SnapshotState.BUILDING)) {
        continue;
      }
      try (Dir place = store.open(snapshot.number())) {
        if (place.find(PLACE).isPresent()) {
          recover(store, snapshot, place);
        }
      }
    }
  }

  private static void recover(SnapshotStore store, Snapshot snapshot, Dir place)
      throws IOException {
    place.removeIfThere(INFO_TEMPORARY);
    try (Dir root = place.openDir(Layout.ROOT)) {
      if (!snapshot.isBooted() && Btrfs.access(root) == Access.WRITABLE) {
        restoreTime(store, snapshot, root);
      }
      Btrfs.setAccess(root, Access.READ_ONLY);
    }
    if (place.find(NEXT).isPresent() && isExchanged(place)) {
      complete(place);
    } else {
      discard(place);
    }
  }

  /** The directory is last, as by it the next command sees that there is something. */
  private static void discard(Dir place) throws IOException {
    place.removeIfThere(MERGED);
    place.removeIfThere(PLACE);
  }

  /** The one that was made later is the new one. */
  private static boolean isExchanged(Dir place) throws IOException {
    try (Dir next = place.openDir(NEXT);
        Dir live = place.openDir(LIVE)) {
      return Btrfs.info(live).made() > Btrfs.info(next).made();
    }
  }

  /** The exchange has moved it, and the next update would take that for somebody's change. */
  private static void restoreTime(SnapshotStore store, Snapshot snapshot, Dir root)
      throws IOException {
    try (Bundle record = store.openRecord(snapshot.number())) {
      Optional<Inode> inode = record.tree().get(BytePath.ROOT);
      if (inode.isPresent()) {
        root.setModificationTime(BytePath.ROOT, inode.get().mtimeSeconds(), 0);
      }
    } catch (DeviceException | BundleException | VerityException e) {
      // That the record is damaged shows at the next update, which then writes everything anew.
      return;
    }
  }

  /** Undoes what was begun, unless it has come to the exchange. */
  @Override
  public void close() throws IOException {
    etc.close();
    unfinished.close();
    try (place) {
      if (!decided) {
        discard(place);
      }
    }
  }
}
