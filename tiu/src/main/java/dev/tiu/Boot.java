package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.DefaultSubvolume;
import dev.tiu.boot.initrd.InitrdMaker;
import dev.tiu.boot.loader.BootLoader;
import dev.tiu.boot.loader.Counting;
import dev.tiu.boot.loader.LoaderState;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.boot.loader.UntriableException;
import dev.tiu.linux.Dir;
import dev.tiu.linux.LinuxException;
import dev.tiu.snapshot.Device;
import dev.tiu.snapshot.DeviceException;
import dev.tiu.snapshot.Layout;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a device boots: one snapshot as a rule, and maybe another one on trial.
 *
 * <p>Where there is a boot loader that tiu writes for, what it reads decides, and btrfs's default
 * subvolume follows; elsewhere that subvolume alone decides, and nothing can be tried.
 */
final class Boot implements AutoCloseable {
  static final String AS_IT_WAS = "What boots now stays.";

  private final Device device;
  private final SnapshotStore store;
  private final Optional<BootPartition> partition;
  private final int tries;
  private final Optional<Integer> recovery;

  private Boot(
      Device device,
      SnapshotStore store,
      Optional<BootPartition> partition,
      int tries,
      Optional<Integer> recovery) {
    this.device = device;
    this.store = store;
    this.partition = partition;
    this.tries = tries;
    this.recovery = recovery;
  }

  /** Of a device that only btrfs's default subvolume decides for. */
  static Boot withoutLoader(Device device, SnapshotStore store) {
    return new Boot(device, store, Optional.empty(), LoaderSettings.TRIES, Optional.empty());
  }

  /**
   * Finds a device's boot loader, as the system that runs, or would, says it in {@code [boot]}.
   *
   * @param directory where the boot partition is mounted, of a disk that doesn't run
   * @throws BootException if there must be one, and it can't be found or told
   */
  static Boot open(Device device, SnapshotStore store, Optional<Path> directory)
      throws IOException {
    Optional<Snapshot> system = Snapshot.inUse(store.list()).filter(Snapshot::isOurs);
    LoaderSettings settings =
        system.isPresent() ? settings(store, system.get()).loader() : LoaderSettings.NONE;
    return open(device, store, directory, settings, system);
  }

  /** The same by the settings of a system that neither runs as one of the snapshots nor would. */
  static Boot open(
      Device device, SnapshotStore store, Optional<Path> directory, LoaderSettings settings)
      throws IOException {
    return open(device, store, directory, settings, Snapshot.inUse(store.list()));
  }

  private static Boot open(
      Device device,
      SnapshotStore store,
      Optional<Path> directory,
      LoaderSettings settings,
      Optional<Snapshot> system)
      throws IOException {
    Optional<BootPartition> partition =
        LoaderSearch.find(device, store, directory, settings, system);
    return new Boot(device, store, partition, settings.tries(), settings.recovery());
  }

  /** The boot loader's name, and where its partition is mounted; for people. */
  Optional<String> describe() {
    return partition.map(p -> p.loader().name() + " at " + p.where());
  }

  /** The snapshot that boots when no good one is left, if one is meant for that. */
  Optional<Integer> recovery() {
    return recovery;
  }

  /** Which of how many boots of a trial this one is. */
  record Attempt(int number, int of) {}

  /** Asked by what runs on trial. */
  Attempt attempt(Snapshot tried, Trial trial) throws IOException {
    int after =
        counting() == Counting.ONCE
            ? TrialNote.read(store, tried).map(note -> note.triesLeft() - 1).orElse(0)
            : trial.triesLeft();
    return new Attempt(Math.max(1, tries - after), tries);
  }

  boolean hasLoader() {
    return partition.isPresent();
  }

  /** What becomes of a trial that nobody ends. */
  Counting counting() {
    return partition.map(p -> p.loader().counting()).orElse(Counting.NONE);
  }

  /** What people should know of the way in which a trial ends here. */
  Optional<String> weakness() {
    return partition.flatMap(p -> p.loader().weakness());
  }

  /**
   * Checks that a published snapshot can be tried.
   *
   * @throws UntriableException if nothing would end a trial of it
   */
  void requireTriable(Snapshot snapshot) throws IOException {
    if (partition.isPresent()) {
      partition.get().loader().requireTriable(snapshot.number());
    }
  }

  /**
   * Has this boot, one of a trial, be the last one if it wasn't counted; says whether it wasn't.
   */
  boolean endIfUncounted() throws IOException {
    return partition.isPresent() && partition.get().loader().endIfUncounted();
  }

  /** What the boot loader offers and would do, if there is one. */
  Optional<LoaderState> state() throws IOException {
    return partition.isPresent() ? Optional.of(partition.get().loader().state()) : Optional.empty();
  }

  /** The snapshot that is on trial, or was, and nobody has decided on. */
  Optional<Trial> trial() throws IOException {
    return state().flatMap(LoaderState::trial);
  }

  /**
   * Makes it possible to boot a snapshot, which changes nothing of what boots. Where that needs
   * room on the boot partition, the oldest ones that nobody needs give up their files.
   *
   * @throws BootException if it can't be made to boot
   */
  void publish(Snapshot snapshot, Initrds initrds) throws IOException {
    if (partition.isEmpty()) {
      return;
    }
    try (EntryMaker.Made made = maker(snapshot).make(snapshot, initrds)) {
      publish(snapshot, made);
    }
  }

  /** What makes a snapshot's entry for this device's boot loader; there has to be one. */
  EntryMaker maker(Snapshot snapshot) throws IOException {
    return new EntryMaker(
        store,
        settings(store, snapshot),
        partition.orElseThrow().kind(),
        device.isRunning() ? Watchdogs.drivers(Path.of("/")) : List.of());
  }

  /** What is changed in /etc since a snapshot's initrds were made of it; for people. */
  List<String> changedInitrdInputs(Snapshot snapshot) throws IOException {
    return hasLoader() ? maker(snapshot).changedInputs(snapshot) : List.of();
  }

  /** Publishes an entry that was made. */
  void publish(Snapshot snapshot, EntryMaker.Made made) throws IOException {
    BootPartition found = partition.orElseThrow();
    // First, so that a disk on its own tells who starts it as soon as anything does.
    LoaderSearch.MARK.write(store, snapshot, found.kind().label());
    change(
        loader -> {
          new BootRoom(store, loader, recovery, found.where()).makeFor(made.entry());
          loader.publish(made.entry());
        });
  }

  /** Whether an entry that was made is what the boot partition has. */
  boolean isPublished(EntryMaker.Made made) throws IOException {
    return partition.orElseThrow().loader().has(made.entry());
  }

  /** What is done to the boot partition. */
  private interface Change {
    void by(BootLoader loader) throws IOException;
  }

  private void change(Change change) throws IOException {
    if (partition.isEmpty()) {
      return;
    }
    try {
      change.by(partition.get().loader());
    } catch (LinuxException e) {
      throw switch (e.errno()) {
        case EROFS -> partition.get().readOnly(e.getMessage());
        case EIO ->
            new BootException(
                "The boot partition at %s can't be read or written: %s"
                    .formatted(partition.get().where(), e.getMessage()),
                AS_IT_WAS,
                "The card or disk may be failing: look at what `dmesg` says, and replace it.");
        default -> e;
      };
    }
  }

  /** Before a long work whose end would be in vain. */
  void requireReady() throws IOException {
    if (partition.isPresent()) {
      partition.get().requireReady();
    }
  }

  /** Gives a snapshot the initrds of another one of the same image, to be published with them. */
  void takeInitrds(Snapshot other, Snapshot snapshot) throws IOException {
    if (partition.isPresent()) {
      try (Dir from = store.open(other.number());
          Dir to = store.open(snapshot.number());
          Dir source = from.openDir(Layout.FILES);
          Dir target = to.openDir(Layout.FILES)) {
        InitrdMaker.share(source, target);
      }
    }
  }

  private static BootSettings settings(SnapshotStore store, Snapshot snapshot) throws IOException {
    try (Dir etc = store.openLiveEtc(snapshot.number())) {
      return Configuration.read(etc).boot();
    }
  }

  /** Whether the boot loader was told what to start: not where something else starts the device. */
  boolean hasDefault() throws IOException {
    return state().flatMap(s -> s.isDefault().stream().boxed().findFirst()).isPresent();
  }

  /**
   * What {@link #makeDefault} will add to a file that is a person's as well, for the first time.
   */
  List<String> firstChange(Snapshot snapshot) throws IOException {
    return partition.isPresent()
        ? partition.get().loader().firstChange(snapshot.number())
        : List.of();
  }

  /** Boots a snapshot from now on, which was published; a trial is over. The entry comes first. */
  void makeDefault(Snapshot snapshot) throws IOException {
    change(loader -> loader.makeDefault(snapshot.number()));
    new DefaultSubvolume(device.top()).makeDefault(snapshot.root().orElseThrow().id());
  }

  /**
   * Has the next boots try a published snapshot; then the default boots again.
   *
   * @return how many boots that are
   */
  int arm(Snapshot snapshot) throws IOException {
    arm(snapshot, tries);
    return tries;
  }

  /** The same with so many tries. */
  void arm(Snapshot snapshot, int left) throws IOException {
    if (counting() == Counting.ONCE) {
      TrialNote note = TrialNote.now(left);
      note.write(store, snapshot);
      if (device.isRunning() && ShutdownJobs.isFinishWanted()) {
        note.writeWaiting(store, snapshot);
      } else {
        TrialNote.asked(store, snapshot);
      }
    }
    change(loader -> loader.arm(snapshot.number(), left));
  }

  /**
   * How often the snapshot on trial will still be tried, asked when the default has booted instead.
   * A firmware that tries once is told again, if there is a try left.
   *
   * @return 0 if the trial has failed
   */
  int triesLeft(Snapshot tried, Trial trial) throws IOException {
    if (counting() != Counting.ONCE) {
      return trial.triesLeft();
    }
    Optional<TrialNote> note = TrialNote.read(store, tried);
    if (note.isPresent() && note.get().isOfThisBoot()) {
      return note.get().triesLeft();
    }
    boolean made = note.isEmpty() || !note.get().isWaiting(store, tried);
    int left = note.map(TrialNote::triesLeft).orElse(1) - (made ? 1 : 0);
    if (left > 0) {
      arm(tried, left);
    }
    return left;
  }

  /** How often the snapshot on trial will still be tried, as that stands now. */
  int triesLeftNow(Snapshot tried, Trial trial) throws IOException {
    return counting() == Counting.ONCE
        ? TrialNote.read(store, tried).map(TrialNote::triesLeft).orElse(trial.triesLeft())
        : trial.triesLeft();
  }

  /** The machine is on its way to the next boot: where that is a trial's, it is a try of it. */
  void askForTry() throws IOException {
    Optional<Trial> trial = counting() == Counting.ONCE ? trial() : Optional.empty();
    if (trial.isPresent()) {
      Optional<Snapshot> tried = store.find(trial.get().number());
      if (tried.isPresent()) {
        TrialNote.asked(store, tried.get());
      }
    }
  }

  /**
   * The snapshot that boots next: what is on trial, or the default.
   *
   * @throws DeviceException if that is none of tiu's
   */
  Snapshot next() throws IOException {
    return findNext()
        .orElseThrow(
            () -> new DeviceException("the default is none of tiu's snapshots. See `tiu list`"));
  }

  /** The same; empty if that is none of tiu's. */
  Optional<Snapshot> findNext() throws IOException {
    List<Snapshot> all = store.list();
    Optional<Integer> tried = trial().filter(t -> t.triesLeft() > 0).map(Trial::number);
    return all.stream()
        .filter(s -> tried.filter(n -> n == s.number()).isPresent() && s.isBootable())
        .findFirst()
        .or(() -> all.stream().filter(s -> s.isDefault() && s.isOurs()).findFirst());
  }

  /** Nothing is tried any more. */
  void disarm() throws IOException {
    change(BootLoader::disarm);
  }

  /** Takes snapshots from the boot partition, before they are removed. */
  void retract(List<Snapshot> doomed) throws IOException {
    change(
        loader -> {
          Set<Integer> numbers = new TreeSet<>(loader.state().published());
          numbers.retainAll(doomed.stream().map(Snapshot::number).toList());
          if (!numbers.isEmpty()) {
            loader.retract(numbers);
          }
        });
  }

  /**
   * Puts right what a command that was killed, or a person at the disk, left in two minds: what is
   * the default isn't on trial, btrfs's default follows the boot loader's, and what no snapshot has
   * any more goes from the menu.
   */
  void reconcile() throws IOException {
    if (partition.isEmpty()) {
      return;
    }
    BootLoader loader = partition.get().loader();
    LoaderState state = loader.state();
    OptionalInt chosen = state.isDefault();
    if (state.trial().filter(t -> chosen.equals(OptionalInt.of(t.number()))).isPresent()) {
      // It became the default, and a loader that has the trial elsewhere didn't hear of its end.
      disarm();
    }
    for (Snapshot snapshot : store.list()) {
      if (chosen.equals(OptionalInt.of(snapshot.number()))
          && snapshot.isBootable()
          && !snapshot.isDefault()) {
        new DefaultSubvolume(device.top()).makeDefault(snapshot.root().orElseThrow().id());
      }
    }
    retractMissing();
  }

  /** What no snapshot has any more goes from the menu. */
  void retractMissing() throws IOException {
    if (partition.isEmpty()) {
      return;
    }
    LoaderState state = partition.get().loader().state();
    Set<Integer> stale = new TreeSet<>(state.published());
    store.list().stream()
        .filter(s -> s.root().isPresent())
        .map(Snapshot::number)
        .forEach(stale::remove);
    state.isDefault().ifPresent(stale::remove);
    state.trial().map(Trial::number).ifPresent(stale::remove);
    if (!stale.isEmpty()) {
      change(loader -> loader.retract(stale));
    }
  }

  @Override
  public void close() {
    partition.ifPresent(BootPartition::close);
  }
}
