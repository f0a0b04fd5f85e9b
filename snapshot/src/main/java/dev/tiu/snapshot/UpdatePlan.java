package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.IdMap;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that an update or installation will do to its new snapshot, known before anything is written.
 *
 * @param base what data is shared with; empty if all is written anew
 * @param root what happens to the root, without {@code etc}
 * @param etc what happens to /etc as the image ships it
 * @param repaired paths of the base that weren't what its record says, and are put right
 */
public record UpdatePlan(
    Optional<Base> base,
    Plan root,
    Plan etc,
    ImageTree targetRoot,
    ImageTree targetEtc,
    int repaired) {

  /** What cannot be planned exactly: both copies of tree blocks that a transaction rewrites. */
  private static final long RESERVE = 16 << 20;

  /** How often a tree that changes while it is looked at is looked at again. */
  private static final int MOST_LOOKS = 3;

  /**
   * What a plan starts from.
   *
   * @param root its root as it was when it was compared with its record
   * @param etc its /etc as shipped, likewise
   */
  public record Base(Snapshot snapshot, Seal root, Seal etc) {}

  /** A tree as it was when it was compared with its record, and where it isn't as that says. */
  private record Looked(Seal seal, Deviations deviations) {}

  /** A plan that writes every file. */
  public static UpdatePlan fromNothing(Bundle image) throws IOException {
    return fromNothing(image, IdMap.NONE);
  }

  /**
   * A plan that writes every file.
   *
   * @param ids which numbers of the image's users and groups are others on the device
   */
  public static UpdatePlan fromNothing(Bundle image, IdMap ids) throws IOException {
    ImageTree root = ImageTree.of(image, ImagePart.ROOT, ids);
    ImageTree etc = ImageTree.of(image, ImagePart.ETC, ids);
    return new UpdatePlan(
        Optional.empty(),
        Planner.plan(ImageTree.empty(image), root, Deviations.NONE, Patches.none()),
        Planner.plan(ImageTree.empty(image), etc, Deviations.NONE, Patches.none()),
        root,
        etc,
        0);
  }

  /**
   * A plan that writes what differs from a snapshot, by patches where there are some.
   *
   * @param record the snapshot's, as {@link SnapshotStore#openRecord} gives it
   * @param ids which numbers of the image's users and groups are others on the device
   */
  public static UpdatePlan fromSnapshot(
      SnapshotStore store, Snapshot base, Bundle record, Sources sources, IdMap ids)
      throws IOException {
    Bundle image = sources.image();
    IdMap baseIds = store.ids(base.number());
    try (Dir place = store.open(base.number())) {
      // What was written, and isn't on the disk yet, doesn't count as a change until it is.
      place.syncFileSystem();
      ImageTree root = ImageTree.of(image, ImagePart.ROOT, ids);
      ImageTree etc = ImageTree.of(image, ImagePart.ETC, ids);
      boolean same = baseIds.equals(ids) && isSame(record, image);
      ImageTree baseRoot = same ? root : ImageTree.of(record, ImagePart.ROOT, baseIds);
      ImageTree baseEtc = same ? etc : ImageTree.of(record, ImagePart.ETC, baseIds);
      SnapshotInfo info = base.info();
      Looked atRoot = check(place, Layout.ROOT, info.rootSeal(), baseRoot, Set.of(Layout.ETC));
      Looked atEtc = check(place, Layout.ETC, info.etcSeal(), baseEtc, Set.of());
      Deviations ofRoot = atRoot.deviations();
      Deviations ofEtc = atEtc.deviations();
      Patches patches =
          Patches.of(sources.delta())
              .add(ImagePart.ROOT, baseRoot, ofRoot)
              .add(ImagePart.ETC, baseEtc, ofEtc);
      return new UpdatePlan(
          Optional.of(new Base(base, atRoot.seal(), atEtc.seal())),
          Planner.plan(baseRoot, root, ofRoot, patches),
          Planner.plan(baseEtc, etc, ofEtc, patches),
          root,
          etc,
          ofRoot.count() + ofEtc.count());
    }
  }

  private static boolean isSame(Bundle record, Bundle image) throws IOException {
    return record.imageId().equals(image.imageId()) || record.hasSameTree(image);
  }

  /** A plan for a device that has one image and is as that says, to get another. */
  public static UpdatePlan betweenImages(Bundle base, Bundle image) throws IOException {
    ImageTree root = ImageTree.of(image, ImagePart.ROOT);
    ImageTree etc = ImageTree.of(image, ImagePart.ETC);
    return new UpdatePlan(
        Optional.empty(),
        Planner.plan(ImageTree.of(base, ImagePart.ROOT), root, Deviations.NONE, Patches.none()),
        Planner.plan(ImageTree.of(base, ImagePart.ETC), etc, Deviations.NONE, Patches.none()),
        root,
        etc,
        0);
  }

  /** Looks at each file only if the kernel can't say that none has changed since the seal. */
  private static Looked check(
      Dir place, BytePath name, Optional<Seal> seal, ImageTree record, Set<BytePath> nested)
      throws IOException {
    try (Dir tree = place.openDir(name)) {
      Seal now = Seal.of(tree);
      if (seal.filter(now::equals).isPresent()) {
        return new Looked(now, Deviations.NONE);
      }
      for (int looks = 1; ; looks++) {
        Deviations deviations = TreeCheck.deviations(tree, record, nested);
        Seal before = now;
        // In a tree that somebody made writable, the look itself may move directories' atimes.
        now = Seal.of(tree);
        if (now.equals(before) || looks == MOST_LOOKS) {
          return new Looked(now, deviations);
        }
      }
    }
  }

  /** Paths of the image's /etc that the plan does something at or below; else it is the base's. */
  public Set<BytePath> touchedInEtc() {
    return etc.touched();
  }

  /** Paths of the image's root that the plan does something at or below. */
  public Set<BytePath> touchedInRoot() {
    return root.touched();
  }

  /** Bytes of file content that will be written. */
  public long contentBytes() {
    return root.contentBytes() + etc.contentBytes();
  }

  /** How many files' content is written. */
  public int filesWritten() {
    return root.filesWritten() + etc.filesWritten();
  }

  /** How many files are made by patches. */
  public int filesPatched() {
    return root.patches().size() + etc.patches().size();
  }

  /** The same, with the image's data for all that is written. */
  public UpdatePlan withoutPatches() {
    return new UpdatePlan(
        base, root.withoutPatches(), etc.withoutPatches(), targetRoot, targetEtc, repaired);
  }

  /**
   * What is read of the image's data: the stored bytes of the files that aren't patched, in the
   * image's order, what several share once.
   */
  public List<ByteRange> imageRanges(SquashfsImage image) {
    List<ByteRange> ranges = new ArrayList<>();
    for (Plan plan : List.of(root, etc)) {
      for (Step.WriteFile step : plan.writes()) {
        image.blocks(step.inode()).forEach(block -> ranges.add(block.stored()));
      }
    }
    return ByteRange.coalesce(ranges);
  }

  /** Bytes that a device far from the image fetches for the files: ranges of it, and patches. */
  public long downloadBytes(SquashfsImage image) {
    long ranges = imageRanges(image).stream().mapToLong(ByteRange::length).sum();
    return ranges + root.patchBytes() + etc.patchBytes();
  }

  /** Bytes that the disk must have free. */
  public long diskBytes() {
    return root.diskBytes() + etc.diskBytes() + RESERVE;
  }
}
