package dev.tiu.snapshot;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Trust;
import dev.tiu.linux.Btrfs;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileType;
import dev.tiu.linux.IdMap;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.SubvolumeInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * The snapshots below {@code @/.snapshots}, ours and snapper's.
 *
 * <p>A number appears together with its info.xml by one rename, and goes by one rename, so that a
 * command killed in between leaves only names that start with a dot, which {@link #sweep} removes.
 * Numbers are never reused: the last one given out is kept in an xattr of the directory.
 */
public final class SnapshotStore implements AutoCloseable {
  private static final String LAST_NUMBER = "user.tiu.last-number";
  private static final String NEW = ".tiu-new-";

  /** Where {@link #scratch} is. */
  static final BytePath SCRATCH = BytePath.of(NEW + "scratch");

  private static final String REMOVED = ".tiu-removed-";
  private static final int INFO_LIMIT = 1 << 20;

  /** The greatest number that {@link #number} takes for one; snapper's are of this size, too. */
  private static final int NUMBER_LIMIT = 999_999_999;

  private final Dir directory;
  private final Optional<UUID> booted;

  private SnapshotStore(Dir directory, Optional<UUID> booted) {
    this.directory = directory;
    this.booted = booted;
  }

  /**
   * Opens the store below {@code system}.
   *
   * @param system the subvolume {@code @}
   * @param booted the running system's root subvolume, where that is a btrfs
   */
  static SnapshotStore open(Dir system, Optional<UUID> booted) throws IOException {
    return new SnapshotStore(system.openDir(Layout.SNAPSHOTS_NAME), booted);
  }

  /**
   * All snapshots, by number. One whose info.xml can't be understood is left out, so that it
   * doesn't stand in the way of the others; {@link #problems} names it.
   */
  public List<Snapshot> list() throws IOException {
    long defaultId = Btrfs.defaultSubvolume(directory);
    List<Snapshot> snapshots = new ArrayList<>();
    for (int number : numbers()) {
      readable(number, defaultId).ifPresent(snapshots::add);
    }
    return List.copyOf(snapshots);
  }

  /** What is wrong with the snapshots that {@link #list} leaves out, a sentence each. */
  public List<String> problems() throws IOException {
    List<String> problems = new ArrayList<>();
    for (int number : numbers()) {
      try {
        readInfo(number);
      } catch (DeviceException e) {
        problems.add(e.getMessage());
      }
    }
    return List.copyOf(problems);
  }

  private List<Integer> numbers() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    for (DirEntry entry : directory.list()) {
      number(entry).ifPresent(numbers::add);
    }
    numbers.sort(Comparator.naturalOrder());
    return numbers;
  }

  /** The snapshot with this number. */
  public Optional<Snapshot> find(int number) throws IOException {
    return list().stream().filter(s -> s.number() == number).findFirst();
  }

  private Optional<Snapshot> readable(int number, long defaultId) throws IOException {
    try {
      return Optional.of(read(number, defaultId));
    } catch (DeviceException e) {
      return Optional.empty();
    }
  }

  private Snapshot read(int number, long defaultId) throws IOException {
    SnapshotInfo info = readInfo(number);
    Optional<SubvolumeInfo> root = subvolume(directory(number).resolve(Layout.ROOT));
    return new Snapshot(
        info,
        root,
        subvolume(directory(number).resolve(Layout.VAR)),
        root.filter(r -> r.id() == defaultId).isPresent(),
        root.filter(r -> booted.filter(r.uuid()::equals).isPresent()).isPresent());
  }

  private SnapshotInfo readInfo(int number) throws IOException {
    BytePath path = directory(number).resolve(Layout.INFO);
    String where = "@/.snapshots/" + path;
    if (directory.find(path).isEmpty()) {
      throw new DeviceException(where + " is missing; the snapshot is left alone");
    }
    SnapshotInfo info = InfoXml.parse(content(path, where), where);
    if (info.number() != number) {
      throw new DeviceException(
          "%s says that it describes snapshot %d; the snapshot is left alone"
              .formatted(where, info.number()));
    }
    return info;
  }

  private byte[] content(BytePath path, String where) throws IOException {
    try {
      return directory.readAll(path, INFO_LIMIT);
    } catch (LinuxException e) {
      throw new DeviceException(
          "%s can't be read (%s); the snapshot is left alone".formatted(where, e.errno()));
    }
  }

  private Optional<SubvolumeInfo> subvolume(BytePath path) throws IOException {
    if (directory.find(path).filter(s -> s.type() == FileType.DIRECTORY).isEmpty()) {
      return Optional.empty();
    }
    try (Dir dir = directory.openDir(path)) {
      return Btrfs.isSubvolume(dir) ? Optional.of(Btrfs.info(dir)) : Optional.empty();
    }
  }

  /** Whether there is a directory {@code N/}. */
  boolean has(int number) throws IOException {
    return directory.find(directory(number)).isPresent();
  }

  /**
   * Whether no file of a snapshot was changed since it was whole, but in its live /etc; a snapshot
   * that isn't whole is not as sealed.
   */
  public boolean isAsSealed(Snapshot snapshot) throws IOException {
    try (Dir place = open(snapshot.number());
        Dir root = place.openDir(Layout.ROOT);
        Dir etc = place.openDir(Layout.ETC)) {
      return snapshot.info().rootSeal().equals(Optional.of(Seal.of(root)))
          && snapshot.info().etcSeal().equals(Optional.of(Seal.of(etc)));
    }
  }

  /** A handle on {@code N/}, with all that belongs to a snapshot in it. */
  public Dir open(int number) throws IOException {
    return directory.openDir(directory(number));
  }

  /** A handle on a snapshot's live /etc. */
  public Dir openLiveEtc(int number) throws IOException {
    return directory.openDir(directory(number).resolve(Layout.ROOT).resolve(Layout.ETC));
  }

  /** A handle on /etc as a snapshot's image shipped it. */
  public Dir openShippedEtc(int number) throws IOException {
    return directory.openDir(directory(number).resolve(Layout.ETC));
  }

  /**
   * An empty directory on the device for work that leaves nothing: {@link #sweep} removes it, also
   * what a killed command left of it. The caller holds the device's lock.
   */
  public Dir scratch() throws IOException {
    sweep();
    directory.makeDir(SCRATCH, 0700);
    return directory.openDir(SCRATCH);
  }

  /**
   * Which numbers of its image's users and groups are others in a snapshot.
   *
   * @throws DeviceException if its record of that is damaged
   */
  public IdMap ids(int number) throws IOException {
    try (Dir place = open(number)) {
      return IdsFile.read(place);
    }
  }

  /**
   * The record of what a snapshot's image holds; any read of file data from it fails.
   *
   * <p>Its signature was verified when it was put there, by a keyring that may have changed since;
   * now it is as trusted as the snapshot that lies beside it.
   *
   * @throws DeviceException if it is missing
   */
  public Bundle openRecord(int number) throws IOException {
    try (Dir place = open(number)) {
      BytePath path = Layout.FILES.resolve(Layout.SKELETON);
      if (place.find(path).isEmpty()) {
        throw new DeviceException(
            "@/.snapshots/%d/%s, the record of what that snapshot holds, is missing"
                .formatted(number, path));
      }
      return Bundle.openSkeleton(
          FileSource.open(place.procPath(path)), Trust.insecureWithoutSignature());
    }
  }

  /**
   * Gives out a new number, with its directory and its info.xml.
   *
   * @param describe makes the info for the number
   */
  SnapshotInfo create(IntFunction<SnapshotInfo> describe) throws IOException {
    int number = Math.max(lastNumber(), highestNumber());
    while (number < NUMBER_LIMIT) {
      number++;
      setLastNumber(number);
      SnapshotInfo info = describe.apply(number);
      if (createDirectory(info)) {
        return info;
      }
    }
    throw new DeviceException(
        "@/.snapshots has no number left: the last one is %d. Move the directory of that name away,"
                .formatted(NUMBER_LIMIT)
            + " and remove the xattr %s with setfattr -x".formatted(LAST_NUMBER));
  }

  /** Whether the number was free; snapper may have taken it in between. */
  private boolean createDirectory(SnapshotInfo info) throws IOException {
    BytePath unfinished = BytePath.of(NEW + info.number());
    directory.removeIfThere(unfinished);
    boolean created = false;
    try {
      directory.makeDir(unfinished, 0755);
      directory.writeAtomically(unfinished.resolve(Layout.INFO), InfoXml.write(info), 0600);
      directory.renameNoReplace(unfinished, directory(info.number()));
      directory.sync();
      created = true;
    } catch (LinuxException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
    } finally {
      if (!created) {
        directory.removeIfThere(unfinished);
      }
    }
    return created;
  }

  /** Replaces info.xml: temporary file, sync, rename, sync of the directory. */
  void writeInfo(SnapshotInfo info) throws IOException {
    directory.writeAtomically(
        directory(info.number()).resolve(Layout.INFO), InfoXml.write(info), 0600);
  }

  /** Records another state of a snapshot. An image that is good isn't rejected any more. */
  public void setState(Snapshot snapshot, SnapshotState state) throws IOException {
    writeInfo(snapshot.info().withState(state));
    if (state == SnapshotState.GOOD && snapshot.info().image().isPresent()) {
      new Rejections(directory).remove(snapshot.info().image().get().id());
    }
  }

  /** Records that a snapshot proved unfit, and why; its image is rejected, which outlives it. */
  public void setBad(Snapshot snapshot, String reason) throws IOException {
    if (snapshot.info().image().isPresent()) {
      new Rejections(directory)
          .add(new Rejection(snapshot.info().image().get(), snapshot.number(), reason));
    }
    writeInfo(snapshot.info().markedBad(reason));
  }

  /** Why an image isn't to be installed again, if it proved unfit on this device. */
  public Optional<Rejection> rejection(String imageId) throws IOException {
    return new Rejections(directory).find(imageId);
  }

  /**
   * Removes a snapshot: it is gone at once, by a rename; its subvolumes follow.
   *
   * @throws DeviceException if it is booted or the default
   */
  public void remove(Snapshot snapshot) throws IOException {
    if (snapshot.isBooted() || snapshot.isDefault()) {
      throw new DeviceException(
          "snapshot %d is %s and can't be removed"
              .formatted(snapshot.number(), snapshot.isBooted() ? "booted" : "the default"));
    }
    BytePath doomed = BytePath.of(REMOVED + snapshot.number());
    directory.rename(directory(snapshot.number()), doomed);
    directory.sync();
    directory.removeTree(doomed);
  }

  /** Removes what a killed command left: numbers not yet given out, and removals not finished. */
  public void sweep() throws IOException {
    for (DirEntry entry : directory.list()) {
      String name = entry.name().toString();
      if (name.startsWith(NEW) || name.startsWith(REMOVED)) {
        directory.removeTree(entry.name());
      }
    }
  }

  private int highestNumber() throws IOException {
    return numbers().stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private int lastNumber() throws IOException {
    byte[] value = directory.xattrs(BytePath.ROOT).get(LAST_NUMBER);
    if (value == null) {
      return 0;
    }
    String text = new String(value, StandardCharsets.US_ASCII);
    if (!text.matches("[0-9]{1,9}")) {
      throw new DeviceException(
          "the xattr %s of @/.snapshots is '%s', not a number. Remove it with setfattr -x"
              .formatted(LAST_NUMBER, BytePath.display(value)));
    }
    return Integer.parseInt(text);
  }

  private void setLastNumber(int number) throws IOException {
    byte[] value = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
    directory.setXattr(BytePath.ROOT, LAST_NUMBER, value);
  }

  private static Optional<Integer> number(DirEntry entry) {
    String name = entry.name().toString();
    return entry.type() == FileType.DIRECTORY && name.matches("[1-9][0-9]{0,8}")
        ? Optional.of(Integer.parseInt(name))
        : Optional.empty();
  }

  static BytePath directory(int number) {
    return BytePath.of(Integer.toString(number));
  }

  @Override
  public void close() {
    directory.close();
  }
}
