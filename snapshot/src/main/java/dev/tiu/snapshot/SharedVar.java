package dev.tiu.snapshot;

import dev.tiu.linux.Access;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code /var} that all snapshots share, and what each of them keeps of it: {@code N/var}, as
 * it was when N's system used it last.
 *
 * <pre>
 * N/var             what is kept, read-only
 * N/.tiu-var        on its way to become N/var, or to be removed
 * N/.tiu-var-swap   on its way to become @/var, or until just now @/var
 * </pre>
 */
public final class SharedVar {
  private static final BytePath VAR = Layout.VAR;
  private static final BytePath UNFINISHED = BytePath.of(".tiu-var");
  private static final BytePath SWAP = BytePath.of(".tiu-var-swap");

  private final Device device;
  private final SnapshotStore store;

  /** That of a device. */
  public SharedVar(Device device, SnapshotStore store) {
    this.device = device;
    this.store = store;
  }

  /**
   * The snapshot whose system has used {@code /var} until now: the booted one, or of a disk that
   * doesn't run, the default. Empty if tiu didn't make that.
   */
  public Optional<Snapshot> user() throws IOException {
    return Snapshot.inUse(store.list()).filter(Snapshot::isOurs);
  }

  /**
   * Whether a mount shows {@code @/var}: then it is used until the next boot, whatever its name.
   */
  public boolean isInUse() throws IOException {
    try (Dir system = device.system()) {
      return InUse.isMounted(system, VAR);
    }
  }

  /**
   * Keeps {@code /var} as it is now, in place of what that snapshot kept before.
   *
   * @return false if that can't be, because a file in it is in use for swapping
   */
  public boolean keepFor(Snapshot left) throws IOException {
    try (Dir system = device.system();
        Dir place = store.open(left.number())) {
      if (!isSubvolume(system) || InUse.isMounted(place, VAR)) {
        // What it uses is there already, and another lies in its place.
        return true;
      }
      place.removeIfThere(UNFINISHED);
      try (Dir var = system.openDir(VAR)) {
        VarCopy.make(var, place, UNFINISHED);
      } catch (LinuxException e) {
        if (e.errno() == Errno.ETXTBSY) {
          return false;
        }
        throw e;
      }
      setAccess(place, UNFINISHED, Access.READ_ONLY);
      if (place.find(VAR).isPresent()) {
        place.exchange(UNFINISHED, VAR);
        place.removeTree(UNFINISHED);
      } else {
        place.renameNoReplace(UNFINISHED, VAR);
      }
      return true;
    }
  }

  /**
   * Makes a copy of what a snapshot keeps, to be exchanged for {@code @/var}. What lies in nested
   * subvolumes, which no snapshot keeps, comes from today's.
   *
   * @param left who will keep today's
   * @throws DeviceException if the snapshot keeps none, or left's is in use
   */
  public void prepare(Snapshot chosen, Snapshot left) throws IOException {
    requireKept(chosen);
    try (Dir system = device.system();
        Dir from = store.open(chosen.number());
        Dir place = store.open(left.number())) {
      if (!isSubvolume(system)) {
        throw new DeviceException(device.name() + " has no subvolume @/var to exchange");
      }
      if (InUse.isMounted(place, VAR)) {
        throw new DeviceException(
            ("the running system uses the /var that snapshot %d keeps: another one lies in its"
                    + " place, for the next boot. Nothing was changed; reboot first")
                .formatted(left.number()));
      }
      place.removeIfThere(SWAP);
      try (Dir kept = from.openDir(VAR);
          Dir today = system.openDir(VAR)) {
        VarCopy.make(kept, place, SWAP);
        try (Dir copy = place.openDir(SWAP)) {
          VarCopy.addNested(today, copy);
        }
      }
    }
  }

  private static void requireKept(Snapshot chosen) throws DeviceException {
    if (chosen.keptVar().isEmpty()) {
      throw new DeviceException(
          ("snapshot %d keeps no /var: it keeps one from when another snapshot takes over. Nothing"
                  + " was changed; without --var, /var stays as it is")
              .formatted(chosen.number()));
    }
  }

  /** Undoes {@link #prepare}. */
  public void discard(Snapshot left) throws IOException {
    try (Dir place = store.open(left.number())) {
      place.removeIfThere(SWAP);
    }
  }

  /**
   * Puts the copy in the place of {@code @/var}, in one step, and keeps today's for {@code left}.
   */
  public void exchange(Snapshot left) throws IOException {
    try (Dir system = device.system();
        Dir place = store.open(left.number())) {
      BytePath inStore =
          Layout.SNAPSHOTS_NAME.resolve(SnapshotStore.directory(left.number())).resolve(SWAP);
      system.exchange(VAR, inStore);
      file(place);
    }
    device.top().syncFileSystem();
  }

  /** Makes of what was {@code @/var} until just now what the snapshot keeps. */
  private static void file(Dir place) throws IOException {
    place.removeIfThere(UNFINISHED);
    if (place.find(VAR).isPresent()) {
      place.renameNoReplace(VAR, UNFINISHED);
    }
    place.renameNoReplace(SWAP, VAR);
    place.removeIfThere(UNFINISHED);
    sealUnlessMounted(place);
  }

  /** The system that runs goes on writing to what it has mounted; a later command seals it. */
  private static void sealUnlessMounted(Dir place) throws IOException {
    if (!InUse.isMounted(place, VAR)) {
      setAccess(place, VAR, Access.READ_ONLY);
    }
  }

  /** Finishes or undoes what a killed command left, and seals what isn't in use any more. */
  public void recover(List<Snapshot> all) throws IOException {
    try (Dir system = device.system()) {
      for (Snapshot snapshot : all.stream().filter(Snapshot::isOurs).toList()) {
        try (Dir place = store.open(snapshot.number())) {
          place.removeIfThere(UNFINISHED);
          if (place.find(SWAP).isPresent()) {
            recoverExchange(system, place);
          } else if (snapshot.keptVar().filter(v -> v.access() == Access.WRITABLE).isPresent()) {
            sealUnlessMounted(place);
          }
        }
      }
    }
  }

  /**
   * The copy is made after {@code @/var} was, and ids only grow: if it is the newer one, it wasn't
   * exchanged, and the command that wanted it can be given again.
   */
  private static void recoverExchange(Dir system, Dir place) throws IOException {
    if (isSubvolume(system) && id(system, VAR) < id(place, SWAP)) {
      place.removeTree(SWAP);
    } else {
      file(place);
    }
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
    Set<BytePath> paths = imageOwned(all);
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

  /** What the device had in the place of such links, and has aside; below {@code @}. */
  public List<BytePath> setAside(List<Snapshot> all) throws IOException {
    try (Dir system = device.system()) {
      return OwnedLinks.setAside(system, imageOwned(all));
    }
  }

  private static Set<BytePath> imageOwned(List<Snapshot> all) {
    return all.stream()
        .map(s -> s.info().imageOwned())
        .flatMap(Collection::stream)
        .collect(Collectors.toSet());
  }

  private static boolean isSubvolume(Dir system) throws IOException {
    return system
        .find(VAR)
        .filter(s -> s.type() == FileType.DIRECTORY && s.inode() == Layout.SUBVOLUME_INODE)
        .isPresent();
  }

  private static long id(Dir parent, BytePath name) throws IOException {
    try (Dir subvolume = parent.openDir(name)) {
      return Btrfs.rootId(subvolume);
    }
  }

  private static void setAccess(Dir parent, BytePath name, Access access) throws IOException {
    try (Dir subvolume = parent.openDir(name)) {
      Btrfs.setAccess(subvolume, access);
    }
  }
}
