package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The layout on an empty btrfs, built under another name and put in its place by one rename.
 *
 * <p>A run that is killed before leaves {@code @.tiu-unfinished}: the next one goes on with it for
 * the same image, and starts over for another.
 */
public final class NewSystem implements AutoCloseable {
  private final Device device;
  private final Dir system;
  private final SnapshotStore snapshots;

  private NewSystem(Device device, Dir system, SnapshotStore snapshots) {
    this.device = device;
    this.system = system;
    this.snapshots = snapshots;
  }

  /**
   * That a device has no system yet, and nothing else.
   *
   * @throws DeviceException naming what is there
   */
  public static void requireEmpty(Device device) throws IOException {
    if (device.isInstalled()) {
      throw new DeviceException(
          device.name()
              + " already has a system. `tiu update` changes it; to start over, make a"
              + " new btrfs");
    }
    List<BytePath> foreign = device.foreignEntries();
    if (!foreign.isEmpty()) {
      throw new DeviceException(
          "%s is not empty: it has %s. tiu installs on a new btrfs only, so that nothing is lost"
              .formatted(device.name(), foreign.get(0)));
    }
  }

  /** Whether a run that was killed left something to go on with, or to remove. */
  public static boolean isBegun(Device device) throws IOException {
    return device.top().find(Layout.UNFINISHED_SYSTEM).isPresent();
  }

  /** Goes on with what a killed run left of the same image, or starts anew. */
  public static NewSystem begin(Device device, ImageReference image) throws IOException {
    if (isBegun(device) && !isOf(device, image)) {
      Btrfs.deleteSubvolume(device.top(), Layout.UNFINISHED_SYSTEM);
    }
    return begin(device);
  }

  /** Starts anew, whatever a killed run left. */
  public static NewSystem beginAnew(Device device) throws IOException {
    if (isBegun(device)) {
      Btrfs.deleteSubvolume(device.top(), Layout.UNFINISHED_SYSTEM);
    }
    return begin(device);
  }

  private static NewSystem begin(Device device) throws IOException {
    Dir top = device.top();
    BytePath name = Layout.UNFINISHED_SYSTEM;
    if (top.find(name).isEmpty()) {
      Btrfs.createSubvolume(top, name);
      top.setMode(name, 0755);
    }
    Dir system = top.openDir(name);
    try {
      if (system.find(Layout.SNAPSHOTS_NAME).isEmpty()) {
        Btrfs.createSubvolume(system, Layout.SNAPSHOTS_NAME);
        system.setMode(Layout.SNAPSHOTS_NAME, 0750);
      }
      return new NewSystem(device, system, device.snapshots(system));
    } catch (IOException e) {
      system.close();
      throw e;
    }
  }

  private static boolean isOf(Device device, ImageReference image) throws IOException {
    try (Dir system = device.top().openDir(Layout.UNFINISHED_SYSTEM)) {
      if (system.find(Layout.SNAPSHOTS_NAME).isEmpty()) {
        return false;
      }
      try (SnapshotStore store = device.snapshots(system)) {
        List<Snapshot> all = store.list();
        return all.size() == 1
            && (all.get(0).is(SnapshotState.BUILDING) || all.get(0).is(SnapshotState.STAGED))
            && all.get(0).info().image().filter(image::equals).isPresent();
      }
    }
  }

  /** Has the bundle take its description from what a killed run left of the same image. */
  public static OptionalInt describe(Device device, ImageReference image, Bundle bundle)
      throws IOException {
    if (!isBegun(device) || !isOf(device, image)) {
      return OptionalInt.empty();
    }
    try (Dir system = device.top().openDir(Layout.UNFINISHED_SYSTEM);
        SnapshotStore store = device.snapshots(system)) {
      return Skeletons.describe(store, image, bundle);
    }
  }

  /** Where the first snapshot is built. */
  public SnapshotStore snapshots() {
    return snapshots;
  }

  /** What becomes {@code @}, for who makes the shared subvolumes himself. */
  public Dir directory() {
    return system;
  }

  /** Makes the shared subvolumes with what the image has for them. */
  public void fillShared(int snapshot) throws IOException {
    try (Dir place = snapshots.open(snapshot);
        Dir root = place.openDir(Layout.ROOT)) {
      SharedContent.addMissing(system, root);
    }
  }

  /** Puts the system in its place. Everything is on the disk before, and the rename after. */
  public void commit() throws IOException {
    Dir top = device.top();
    top.syncFileSystem();
    top.renameNoReplace(Layout.UNFINISHED_SYSTEM, Layout.SYSTEM);
    top.syncFileSystem();
  }

  /** Removes what was built; for a failure after which going on makes no sense. */
  public void discard() throws IOException {
    close();
    Optional<?> left = device.top().find(Layout.UNFINISHED_SYSTEM);
    if (left.isPresent()) {
      Btrfs.deleteSubvolume(device.top(), Layout.UNFINISHED_SYSTEM);
    }
  }

  @Override
  public void close() {
    snapshots.close();
    system.close();
  }
}
