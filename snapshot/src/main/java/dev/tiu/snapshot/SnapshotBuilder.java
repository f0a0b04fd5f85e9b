package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.NestedSubvolume;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * Builds one snapshot, from the number to the seal.
 *
 * <p>The order, and what a command that is killed leaves behind after each:
 *
 * <ol>
 *   <li>number and info.xml, state building: a later run goes on with it or removes it;
 *   <li>{@code N/snapshot} and {@code N/etc}, as snapshots of the base's;
 *   <li>the plans are carried out on both;
 *   <li>{@code N/snapshot/etc}, the live /etc, merged;
 *   <li>{@code N/tiu}, the image's skeleton;
 *   <li>all of it synced, {@code N/snapshot} and {@code N/etc} made read-only, synced again;
 *   <li>info.xml, state staged: from here on it is whole.
 * </ol>
 */
public final class SnapshotBuilder implements AutoCloseable {
  private final SnapshotStore store;
  private final SnapshotInfo info;
  private final Dir place;
  private final Optional<Dir> base;
  private final boolean resumed;

  private SnapshotBuilder(
      SnapshotStore store, SnapshotInfo info, Dir place, Optional<Dir> base, boolean resumed) {
    this.store = store;
    this.info = info;
    this.place = place;
    this.base = base;
    this.resumed = resumed;
  }

  /**
   * Goes on with a snapshot that a killed run left half-built from the same image on the same base,
   * or begins a new one.
   */
  public static SnapshotBuilder begin(
      SnapshotStore store,
      ImageReference image,
      Optional<Snapshot> base,
      String description,
      Instant now)
      throws IOException {
    OptionalInt baseNumber = number(base);
    Optional<Snapshot> unfinished = unfinished(store, image, base);
    SnapshotInfo info =
        unfinished.isPresent()
            ? unfinished.get().info()
            : store.create(
                number -> SnapshotInfo.building(number, now, description, image, baseNumber));
    Dir place = store.open(info.number());
    try {
      Optional<Dir> baseDir =
          base.isPresent() ? Optional.of(store.open(base.get().number())) : Optional.empty();
      return new SnapshotBuilder(store, info, place, baseDir, unfinished.isPresent());
    } catch (IOException e) {
      place.close();
      throw e;
    }
  }

  /** The half-built snapshot that {@link #begin} would go on with. */
  public static Optional<Snapshot> unfinished(
      SnapshotStore store, ImageReference image, Optional<Snapshot> base) throws IOException {
    return store.list().stream()
        .filter(s -> s.is(SnapshotState.BUILDING))
        .filter(s -> s.info().image().filter(image::equals).isPresent())
        .filter(s -> s.info().base().equals(number(base)))
        .findFirst();
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
  public void apply(UpdatePlan plan, Bundle bundle, int threads, LongConsumer progress)
      throws IOException {
    boolean shared = plan.base().isPresent();
    applyPart(Layout.ROOT, plan.root(), plan.targetRoot(), shared, bundle, threads, progress);
    applyPart(Layout.ETC, plan.etc(), plan.targetEtc(), shared, bundle, threads, progress);
  }

  private void applyPart(
      BytePath name,
      Plan plan,
      ImageTree target,
      boolean shared,
      Bundle bundle,
      int threads,
      LongConsumer progress)
      throws IOException {
    Optional<Dir> baseTree =
        shared && base.isPresent() ? Optional.of(base.get().openDir(name)) : Optional.empty();
    try {
      boolean kept = prepareSubvolume(name, baseTree);
      try (Dir tree = place.openDir(name)) {
        new Applier(bundle.image(), target, threads, progress)
            .apply(plan, tree, baseTree, kept ? Existing.KEEP_IF_RIGHT : Existing.REPLACE);
      }
    } finally {
      baseTree.ifPresent(Dir::close);
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
      // That run planned otherwise: with the base's record lost meanwhile, or found again.
      Applier.clear(place, name);
    }
    if (baseTree.isPresent()) {
      Btrfs.snapshot(baseTree.get(), place, name, Access.WRITABLE);
    } else {
      Btrfs.createSubvolume(place, name);
    }
    return false;
  }

  /** Whether a subvolume began as a snapshot of the base's tree, or without one, empty. */
  private static boolean isCopyOf(Dir subvolume, Optional<Dir> baseTree) throws IOException {
    Optional<UUID> origin =
        baseTree.isPresent() ? Optional.of(Btrfs.info(baseTree.get()).uuid()) : Optional.empty();
    return Btrfs.info(subvolume).parentUuid().equals(origin);
  }

  /** What the merge of /etc is handed: the result is a snapshot of the local /etc, writable. */
  public record EtcTrees(Dir base, Dir image, Dir result) implements AutoCloseable {
    @Override
    public void close() {
      base.close();
      image.close();
      result.close();
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
      Applier.clear(root, Layout.ETC);
      Dir from = base.isPresent() ? base.get() : place;
      BytePath live = base.isPresent() ? Layout.ROOT.resolve(Layout.ETC) : Layout.ETC;
      try (Dir source = from.openDir(live)) {
        requireNoneNested(source);
        Btrfs.snapshot(source, root, Layout.ETC, Access.WRITABLE);
      }
      return new EtcTrees(
          from.openDir(Layout.ETC), place.openDir(Layout.ETC), root.openDir(Layout.ETC));
    }
  }

  /** btrfs snapshots don't reach into nested subvolumes: their files would be missing. */
  private static void requireNoneNested(Dir liveEtc) throws IOException {
    List<NestedSubvolume> nested = Btrfs.nested(liveEtc);
    if (!nested.isEmpty()) {
      throw new DeviceException(
          "/etc/%s is a subvolume of its own, which a new snapshot's /etc would not have."
                  .formatted(nested.get(0).path())
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

  /** Keeps the image's skeleton; shares the base's where the image is the same. */
  private void keepSkeleton(Bundle bundle, Optional<ImageReference> baseImage) throws IOException {
    try (Dir files = files()) {
      Applier.clear(files, Layout.SKELETON);
      boolean same = baseImage.isPresent() && baseImage.equals(info.image());
      if (same && cloneSkeleton(files)) {
        return;
      }
      Path path = files.procPath(Layout.SKELETON);
      files.createFile(Layout.SKELETON, 0600).close();
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
        bundle.writeSkeleton(channel);
        channel.force(true);
      }
    }
  }

  private boolean cloneSkeleton(Dir files) throws IOException {
    BytePath path = Layout.FILES.resolve(Layout.SKELETON);
    if (base.isEmpty() || base.get().find(path).isEmpty()) {
      return false;
    }
    try (var source = base.get().openFile(path);
        var copy = files.createFile(Layout.SKELETON, 0600)) {
      copy.cloneFrom(source);
    }
    return true;
  }

  /** Completes the snapshot: everything on the disk, nothing writable but the live /etc. */
  public void seal(UpdatePlan plan, Bundle bundle, Optional<ImageReference> baseImage)
      throws IOException {
    settleRoot(plan.targetRoot());
    keepSkeleton(bundle, baseImage);
    place.syncFileSystem();
    for (BytePath name : new BytePath[] {Layout.ETC, Layout.ROOT}) {
      try (Dir subvolume = place.openDir(name)) {
        Btrfs.setAccess(subvolume, Access.READ_ONLY);
      }
    }
    place.syncFileSystem();
    store.writeInfo(info.withState(SnapshotState.STAGED));
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
  }
}
