package dev.tiu;

import dev.tiu.etcmerge.Policies;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.Optional;

/**
 * One snapshot's /etc.
 *
 * @param place the snapshot's directory, with its report
 * @param shipped /etc as its image ships it
 * @param live /etc as it is
 */
record EtcPlace(int number, Dir place, Dir shipped, Dir live) implements AutoCloseable {
  /** The system that runs; on a disk that doesn't run, the one that would. */
  static EtcPlace ofRunning(SnapshotStore store) throws IOException {
    return of(store, Snapshot.inUse(store.list()));
  }

  /** The one that boots next, whose /etc has what the last merge made. */
  static EtcPlace ofDefault(SnapshotStore store) throws IOException {
    return of(store, store.list().stream().filter(Snapshot::isDefault).findFirst());
  }

  private static EtcPlace of(SnapshotStore store, Optional<Snapshot> chosen) throws IOException {
    Snapshot snapshot =
        chosen
            .filter(Snapshot::isOurs)
            .orElseThrow(
                () ->
                    new DeviceException(
                        "what boots is none of tiu's snapshots, so no image's /etc is known for"
                            + " it. `tiu list` shows those that there are"));
    int number = snapshot.number();
    return new EtcPlace(
        number, store.open(number), store.openShippedEtc(number), store.openLiveEtc(number));
  }

  Policies policies(SnapshotStore store) throws IOException {
    return EtcSettings.policies(live, EtcSettings.ofImage(store, number));
  }

  EtcReport report() throws IOException {
    return EtcReport.read(place, number);
  }

  /** A path as a person writes it, {@code /etc/hosts} or {@code hosts}, below /etc. */
  static BytePath below(ImagePath path) throws UsageException {
    BytePath etc = BytePath.of("etc");
    BytePath below =
        path.path().startsWith(etc) && !path.path().equals(etc)
            ? path.path().relativeTo(etc)
            : path.path();
    if (below.isRoot() || below.equals(etc)) {
      throw new UsageException("name a path below /etc, such as /etc/hosts");
    }
    return below;
  }

  /**
   * Sees to it that a path lies in a directory here and, if the image has something there, in one
   * there: a link is never followed.
   */
  void requireDirectories(BytePath path) throws IOException {
    if (!path.parent().isRoot()) {
      requireNoLink(live, path.parent(), "here");
      requireNoLink(shipped, path.parent(), "in the image");
    }
  }

  /** From the top down, as below a link nothing can be looked up. */
  private static void requireNoLink(Dir tree, BytePath directory, String where) throws IOException {
    if (!directory.parent().isRoot()) {
      requireNoLink(tree, directory.parent(), where);
    }
    boolean link = tree.find(directory).filter(s -> s.type() == FileType.SYMLINK).isPresent();
    if (link) {
      throw new UsageException(
          "/etc/%s is a link %s, and what lies behind it isn't of /etc. Nothing was changed; name the link itself, or what it leads to"
              .formatted(directory, where));
    }
  }

  /** Runs work on the one that is chosen, under the device's lock. */
  @FunctionalInterface
  interface Work {
    void on(EtcPlace etc) throws IOException;
  }

  /** Changes the /etc that boots next while no other command changes the device. */
  static void change(
      DeviceOptions device, DeviceOptions.Lock lock, String command, boolean running, Work work)
      throws IOException {
    try (Device target = device.open();
        SnapshotStore store = target.snapshots()) {
      lock.hold(
          target,
          command,
          () -> {
            try (EtcPlace etc = running ? ofRunning(store) : ofDefault(store)) {
              work.on(etc);
            }
          });
    }
  }

  @Override
  public void close() {
    place.close();
    shipped.close();
    live.close();
  }
}
