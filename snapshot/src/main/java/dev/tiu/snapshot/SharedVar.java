package dev.tiu.snapshot;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The {@code /var} that all snapshots share. */
public final class SharedVar {
  private final Device device;
  private final SnapshotStore store;

  /** That of a device. */
  public SharedVar(Device device, SnapshotStore store) {
    this.device = device;
    this.store = store;
  }

  /**
   * Makes the links to what images own fit the system of {@code snapshot}.
   *
   * @param all the device's, each of whose images may have put one
   */
  public List<LinkChange> fitLinks(Snapshot snapshot, List<Snapshot> all) throws IOException {
    if (snapshot.root().isEmpty()) {
      return List.of();
    }
    Set<BytePath> paths =
        all.stream()
            .map(s -> s.info().imageOwned())
            .flatMap(Collection::stream)
            .collect(Collectors.toSet());
    if (paths.isEmpty()) {
      return List.of();
    }
    List<LinkChange> changes;
    try (Dir system = device.system();
        Dir place = store.open(snapshot.number());
        Dir root = place.openDir(Layout.ROOT)) {
      changes = new OwnedLinks(system, root).fit(paths);
    }
    if (!changes.isEmpty()) {
      device.top().syncFileSystem();
    }
    return changes;
  }
}
