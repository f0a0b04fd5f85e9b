package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * All that an update or installation will do to its new snapshot, known before anything is written.
 *
 * @param base the snapshot whose data is shared; empty if all is written anew
 * @param root what happens to the root, without {@code etc}
 * @param etc what happens to /etc as the image ships it
 * @param repaired paths of the base that weren't what its record says, and are put right
 */
public record UpdatePlan(
    Optional<Snapshot> base,
    Plan root,
    Plan etc,
    ImageTree targetRoot,
    ImageTree targetEtc,
    int repaired) {

  /** What cannot be planned exactly: both copies of tree blocks that a transaction rewrites. */
  private static final long RESERVE = 16 << 20;

  /** A plan that writes every file. */
  public static UpdatePlan fromNothing(Bundle image) throws IOException {
    ImageTree root = ImageTree.of(image, ImagePart.ROOT);
    ImageTree etc = ImageTree.of(image, ImagePart.ETC);
    return new UpdatePlan(
        Optional.empty(),
        Planner.plan(ImageTree.empty(image), root, Deviations.NONE),
        Planner.plan(ImageTree.empty(image), etc, Deviations.NONE),
        root,
        etc,
        0);
  }

  /**
   * A plan that writes what differs from a snapshot.
   *
   * @throws DeviceException if the snapshot's own record can't be read
   */
  public static UpdatePlan fromSnapshot(SnapshotStore store, Snapshot base, Bundle image)
      throws IOException {
    try (Dir place = store.open(base.number());
        Bundle record = store.openRecord(base.number())) {
      ImageTree baseRoot = ImageTree.of(record, ImagePart.ROOT);
      ImageTree baseEtc = ImageTree.of(record, ImagePart.ETC);
      ImageTree root = ImageTree.of(image, ImagePart.ROOT);
      ImageTree etc = ImageTree.of(image, ImagePart.ETC);
      Deviations ofRoot = check(place, Layout.ROOT, baseRoot, Set.of(Layout.ETC));
      Deviations ofEtc = check(place, Layout.ETC, baseEtc, Set.of());
      return new UpdatePlan(
          Optional.of(base),
          Planner.plan(baseRoot, root, ofRoot),
          Planner.plan(baseEtc, etc, ofEtc),
          root,
          etc,
          ofRoot.count() + ofEtc.count());
    }
  }

  /** A plan for a device that has one image and is as that says, to get another. */
  public static UpdatePlan betweenImages(Bundle base, Bundle image) throws IOException {
    ImageTree root = ImageTree.of(image, ImagePart.ROOT);
    ImageTree etc = ImageTree.of(image, ImagePart.ETC);
    return new UpdatePlan(
        Optional.empty(),
        Planner.plan(ImageTree.of(base, ImagePart.ROOT), root, Deviations.NONE),
        Planner.plan(ImageTree.of(base, ImagePart.ETC), etc, Deviations.NONE),
        root,
        etc,
        0);
  }

  private static Deviations check(Dir place, BytePath name, ImageTree record, Set<BytePath> nested)
      throws IOException {
    try (Dir tree = place.openDir(name)) {
      return TreeCheck.deviations(tree, record, nested);
    }
  }

  /** Bytes of file content that will be written. */
  public long contentBytes() {
    return root.contentBytes() + etc.contentBytes();
  }

  /** Bytes that the disk must have free. */
  public long diskBytes() {
    return root.diskBytes() + etc.diskBytes() + RESERVE;
  }
}
