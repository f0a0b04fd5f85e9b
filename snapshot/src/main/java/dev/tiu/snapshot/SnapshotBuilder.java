package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.IdMap;
import dev.tiu.linux.NestedSubvolume;
import dev.tiu.linux.SubvolumeInfo;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;

/**
 * Builds one snapshot, from the number to the seal.
 *
 * <p>The order, and what a command that is killed leaves behind after each:
 *
 * <ol>
 *   <li>number and info.xml, state building: a later run goes on with it or removes it;
 *   <li>{@code N/tiu}, the image's skeleton;
 *   <li>{@code N/snapshot} and {@code N/etc}, as snapshots of the base's;
 *   <li>the plans are carried out on both;
 *   <li>{@code N/snapshot/etc}, the live /etc, merged;
 *   <li>{@code N/snapshot} and {@code N/etc} made read-only, and all of it synced;
 *   <li>info.xml, state staged: from here on it is whole.
 * </ol>
 */
public final class SnapshotBuilder implements AutoCloseable {
  private final SnapshotStore store;
  private final SnapshotInfo info;
  private final Dir place;
  private final Optional<Dir> base;

  /** Whose root and /etc as shipped the new ones begin as; mostly the base's. */
  private final Optional<Dir> origin;

  private final boolean resumed;

  private SnapshotBuilder(
      SnapshotStore store,
      SnapshotInfo info,
      Dir place,
      Optional<Dir> base,
      Optional<Dir> origin,
      boolean resumed) {
    this.store = store;
    this.info = info;
    this.place = place;
    this.base = base;
    this.origin = origin;
    this.resumed = resumed;
  }

  /** The same where all users and groups have the image's numbers. */
  public static SnapshotBuilder begin(
      SnapshotStore store,
      ImageReference image,
      Optional<Snapshot> base,
      String description,
      Instant now)
      throws IOException {
    return begin(store, image, base, IdMap.NONE, description, now);
  }

  /**
   * Goes on with a snapshot that a killed run left half-built from the same image on the same base,
   * or begins a new one.
   *
   * @param ids which numbers of the image's users and groups are others in the snapshot
   */
  public static SnapshotBuilder begin(
      SnapshotStore store,
      ImageReference image,
      Optional<Snapshot> base,
      IdMap ids,
      String description,
      Instant now)
      throws IOException {
    return begin(store, image, base, base, ids, description, now);
  }

  /**
   * The same for a snapshot of an image that another one has, too: it takes that one's place.
   *
   * @param other the one that has it, with other numbers for some users or groups
   */
  public static SnapshotBuilder beginInPlaceOf(
      SnapshotStore store, Snapshot other, Snapshot base, IdMap ids, Instant now)
      throws IOException {
    return begin(
        store,
        other.info().image().orElseThrow(),
        Optional.of(base),
        Optional.of(other),
        ids,
        other.info().description(),
        now);
  }

  private static SnapshotBuilder begin(
      SnapshotStore store,
      ImageReference image,
      Optional<Snapshot> base,
      Optional<Snapshot> origin,
      IdMap ids,
      String description,
      Instant now)
      throws IOException {
    OptionalInt baseNumber = number(base);
    Optional<Snapshot> unfinished = unfinished(store, image, base, ids);
    SnapshotInfo info =
        unfinished.isPresent()
            ? unfinished.get().info()
            : store.create(
                number -> SnapshotInfo.building(number, now, description, image, baseNumber));
    SnapshotBuilder builder =
        new SnapshotBuilder(
            store,
            info,
            store.open(info.number()),
            open(store, base),
            open(store, origin),
            unfinished.isPresent());
    try {
      builder.keepIds(ids);
      return builder;
    } catch (IOException e) {
      builder.close();
      throw e;
    }
  }

  private static Optional<Dir> open(SnapshotStore store, Optional<Snapshot> snapshot)
      throws IOException {
    return snapshot.isPresent()
        ? Optional.of(store.open(snapshot.get().number()))
        : Optional.empty();
  }

  /**
   * The half-built snapshot that {@link #begin} would go on with. Not one with other numbers: what
   * it has set right by those, no plan for these would set again.
   */
  public static Optional<Snapshot> unfinished(
      SnapshotStore store, ImageReference image, Optional<Snapshot> base, IdMap ids)
      throws IOException {
    List<Snapshot> candidates =
        store.list().stream()
            .filter(s -> s.is(SnapshotState.BUILDING))
            .filter(s -> s.info().image().filter(image::equals).isPresent())
            .filter(s -> s.info().base().equals(number(base)))
            .toList();
    for (Snapshot candidate : candidates) {
      if (hasIds(store, candidate, ids)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean hasIds(SnapshotStore store, Snapshot snapshot, IdMap ids)
      throws IOException {
    try {
      return store.ids(snapshot.number()).equals(ids);
    } catch (DeviceException e) {
      return false;
    }
  }

  /** Before anything is made by it. */
  private void keepIds(IdMap ids) throws IOException {
    if (!resumed && !ids.isNone()) {
      keepFile(IdsFile.NAME, IdsFile.json(ids));
    }
  }

  private static OptionalInt number(Optional<Snapshot> base) {
    return base.isPresent() ? OptionalInt.of(base.get().number()) : OptionalInt.empty();
  }

  public int number() {
    return info.number();
  }

  /** Whether this goes on with what a killed run left. */
  public boolean isResumed() {
    return resumed;
  }

  /** Makes the root and the image's /etc what the image says. */
  public Applied apply(UpdatePlan plan, Sources sources, int threads, LongConsumer progress)
      throws IOException {
    try (Part root = part(Layout.ROOT, plan.base().map(UpdatePlan.Base::root));
        Part etc = part(Layout.ETC, plan.base().map(UpdatePlan.Base::etc))) {
      return new Applier(sources, threads, progress)
          .apply(
              List.of(
                  root.site(ImagePart.ROOT, plan.root(), plan.targetRoot()),
                  etc.site(ImagePart.ETC, plan.etc(), plan.targetEtc())));
    }
  }

  /** A subvolume that is being made, and the base's that it began as. */
  private record Part(Dir tree, Optional<Dir> base, Existing existing) implements AutoCloseable {
    Site site(ImagePart part, Plan plan, ImageTree target) {
      return new Site(part, plan, target, tree, base, existing);
    }

    @Override
    public void close() {
      tree.close();
      base.ifPresent(Dir::close);
    }
  }

  /**
   * A subvolume to work in.
   *
   * @param planned the base's as the plan knows it; empty if nothing is shared
   */
  private Part part(BytePath name, Optional<Seal> planned) throws IOException {
    Optional<Dir> baseTree =
        planned.isPresent() ? Optional.of(origin.orElseThrow().openDir(name)) : Optional.empty();
    try {
      boolean kept = prepareSubvolume(name, baseTree);
      if (baseTree.isPresent()) {
        requireUnchanged(baseTree.get(), planned.orElseThrow());
      }
      Existing existing = kept ? Existing.KEEP_IF_RIGHT : Existing.REPLACE;
      return new Part(place.openDir(name), baseTree, existing);
    } catch (IOException | RuntimeException e) {
      baseTree.ifPresent(Dir::close);
      throw e;
    }
  }

  /** Makes the subvolume if a killed run hasn't made it; says whether that was so. */
  private boolean prepareSubvolume(BytePath name, Optional<Dir> baseTree) throws IOException {
    if (place.find(name).isPresent()) {
      try (Dir present = place.openDir(name)) {
        if (isCopyOf(present, baseTree)) {
          Btrfs.setAccess(present, Access.WRITABLE);
          return true;
        }
      }
      // That run planned otherwise: the base was changed since, or its record lost or found again.
      place.removeIfThere(name);
    }
    if (baseTree.isPresent()) {
      Btrfs.snapshot(baseTree.get(), place, name, Access.WRITABLE);
    } else {
      Btrfs.createSubvolume(place, name);
    }
    return false;
  }

  /**
   * Whether a subvolume began as a snapshot of the base's tree as that still is, or without one,
   * empty. What was changed in the base later shows in no plan for the copy.
   */
  private static boolean isCopyOf(Dir subvolume, Optional<Dir> baseTree) throws IOException {
    SubvolumeInfo copy = Btrfs.info(subvolume);
    if (baseTree.isEmpty()) {
      return copy.parentUuid().isEmpty();
    }
    SubvolumeInfo origin = Btrfs.info(baseTree.get());
    return copy.parentUuid().equals(Optional.of(origin.uuid())) && origin.changed() <= copy.made();
  }

  /** What was changed between the plan and the copy would go into the copy unseen. */
  private void requireUnchanged(Dir baseTree, Seal planned) throws IOException {
    if (!Seal.of(baseTree).equals(planned)) {
      throw new DeviceException(
          "%s was changed while this update looked at it. Nothing was changed by the update; run"
                  .formatted(baseTree)
              + " the same command again when nobody writes there");
    }
  }

  /**
   * What the merge of /etc is handed: the result is a snapshot of the local /etc, writable.
   *
   * @param local the live /etc that the result is a copy of
   * @param oldRoot of the system that the local /etc is of
   * @param newRoot of this snapshot, in which the result lies
   */
  public record EtcTrees(Dir base, Dir local, Dir image, Dir result, Dir oldRoot, Dir newRoot)
      implements AutoCloseable {
    @Override
    public void close() {
      List.of(base, local, image, result, oldRoot, newRoot).forEach(Dir::close);
    }
  }

  /**
   * Makes the live /etc of this snapshot: a copy of the base's live one, to be merged with what the
   * image brings. On a first installation all trees are the image's.
   *
   * @throws DeviceException if somebody made a subvolume in the live /etc, which would be lost
   */
  public EtcTrees prepareEtc() throws IOException {
    try (Dir root = place.openDir(Layout.ROOT)) {
      // The name is a placeholder left by the snapshot of the base, or a killed run's result.
      root.removeIfThere(Layout.ETC);
      Dir from = base.isPresent() ? base.get() : place;
      BytePath live = base.isPresent() ? Layout.ROOT.resolve(Layout.ETC) : Layout.ETC;
      try (Dir source = from.openDir(live)) {
        requireNoneNested(source, "/etc");
        Btrfs.snapshot(source, root, Layout.ETC, Access.WRITABLE);
      }
      return new EtcTrees(
          from.openDir(Layout.ETC),
          from.openDir(live),
          place.openDir(Layout.ETC),
          root.openDir(Layout.ETC),
          from.openDir(Layout.ROOT),
          place.openDir(Layout.ROOT));
    }
  }

  /**
   * Makes the live /etc of this snapshot a copy of another tree, which need not be merged.
   *
   * @throws DeviceException if somebody made a subvolume in that, which would be lost
   */
  public void copyEtc(Dir source) throws IOException {
    requireNoneNested(source, "/etc");
    try (Dir root = place.openDir(Layout.ROOT)) {
      root.removeIfThere(Layout.ETC);
      Btrfs.snapshot(source, root, Layout.ETC, Access.WRITABLE);
    }
  }

  /**
   * btrfs snapshots don't reach into nested subvolumes: their files would be missing.
   *
   * @param where the tree is, for people
   * @throws DeviceException if somebody made one
   */
  public static void requireNoneNested(Dir liveEtc, String where) throws IOException {
    List<NestedSubvolume> nested = Btrfs.nested(liveEtc);
    if (!nested.isEmpty()) {
      throw new DeviceException(
          "%s/%s is a subvolume of its own, which a new snapshot's /etc would not have."
                  .formatted(where, nested.get(0).path())
              + " Nothing was changed; make it a plain directory");
    }
  }

  /** Puts back the root directory's time, which making {@code etc} in it has moved. */
  private void settleRoot(ImageTree target) throws IOException {
    try (Dir root = place.openDir(Layout.ROOT)) {
      Inode inode = target.find(BytePath.ROOT).orElseThrow();
      Metadata.set(root, BytePath.ROOT, inode, ImageTree.xattrs(inode));
    }
  }

  /** Keeps a file about this snapshot in {@code N/tiu}. */
  public void keepFile(String name, byte[] content) throws IOException {
    try (Dir files = files()) {
      files.writeAtomically(BytePath.of(name), content, 0600);
    }
  }

  private Dir files() throws IOException {
    if (place.find(Layout.FILES).isEmpty()) {
      place.makeDir(Layout.FILES, 0700);
    }
    return place.openDir(Layout.FILES);
  }

  /**
   * Keeps the image's skeleton, before anything that it describes is made: the next run that goes
   * on takes the description from here.
   *
   * @param keeper the snapshot whose skeleton the bundle uses, where it does
   */
  public void keepSkeleton(Bundle bundle, OptionalInt keeper) throws IOException {
    if (keeper.equals(OptionalInt.of(number()))) {
      return;
    }
    try (Dir files = files()) {
      // It may have been another half-built one, which has gone meanwhile.
      if (keeper.isPresent() && store.has(keeper.getAsInt())) {
        try (Dir other = store.open(keeper.getAsInt())) {
          if (Skeletons.share(other, files)) {
            return;
          }
        }
      }
      Skeletons.write(bundle, files, base);
    }
  }

  /** Completes the snapshot: everything on the disk, nothing writable but the live /etc. */
  public void seal(UpdatePlan plan) throws IOException {
    settleRoot(plan.targetRoot());
    try (Dir root = place.openDir(Layout.ROOT);
        Dir etc = place.openDir(Layout.ETC)) {
      Btrfs.setAccess(etc, Access.READ_ONLY);
      Btrfs.setAccess(root, Access.READ_ONLY);
      place.syncFileSystem();
      // Not before: data that is written out late still counts as a change.
      store.writeInfo(
          info.owning(plan.targetRoot().imageOwned()).sealed(Seal.of(root), Seal.of(etc)));
    }
  }

  /** Removes the snapshot; for a failure after which going on makes no sense. */
  public void discard() throws IOException {
    close();
    Optional<Snapshot> half = store.find(number());
    if (half.isPresent()) {
      store.remove(half.get());
    }
  }

  @Override
  public void close() {
    place.close();
    base.ifPresent(Dir::close);
    origin.ifPresent(Dir::close);
  }
}
