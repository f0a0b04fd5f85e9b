package dev.tiu.snapshot;

import dev.tiu.linux.SubvolumeInfo;
import java.util.List;
import java.util.Optional;

/**
 * A snapshot as it stands on the disk.
 *
 * @param root its root subvolume; empty while it is being built or if somebody removed it
 * @param keptVar /var as it was when its system used it last, if that is kept
 * @param isDefault whether btrfs mounts it when nothing else is said
 * @param isBooted whether the running system's root is this subvolume
 */
public record Snapshot(
    SnapshotInfo info,
    Optional<SubvolumeInfo> root,
    Optional<SubvolumeInfo> keptVar,
    boolean isDefault,
    boolean isBooted) {

  /**
   * The one whose system is in use: what is booted, or of a disk that doesn't run, the default;
   * also one that tiu didn't make.
   */
  public static Optional<Snapshot> inUse(List<Snapshot> all) {
    return all.stream()
        .filter(Snapshot::isBooted)
        .findFirst()
        .or(() -> all.stream().filter(Snapshot::isDefault).findFirst());
  }

  /** The one that runs, if it is ours. */
  public static Optional<Snapshot> running(List<Snapshot> all) {
    return all.stream().filter(s -> s.isBooted() && s.isOurs()).findFirst();
  }

  public int number() {
    return info.number();
  }

  /** Whether it is ours and in {@code state}. */
  public boolean is(SnapshotState state) {
    return info.state().filter(state::equals).isPresent();
  }

  /** Whether it is ours, whole, and not known to be bad. */
  public boolean isBootable() {
    return root.isPresent() && info.state().filter(SnapshotState::isBootable).isPresent();
  }

  /** Whether it is of a system that was there before tiu, so that no image describes it. */
  public boolean isAdopted() {
    return isOurs() && info.adoptedArchitecture().isPresent();
  }

  /** Whether tiu made it. */
  public boolean isOurs() {
    return info.state().isPresent();
  }
}
