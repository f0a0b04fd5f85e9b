package dev.tiu;

import dev.tiu.boot.BootException;
import dev.tiu.boot.BootPreparation.Initrds;
import dev.tiu.boot.loader.LoaderState;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotState;
import dev.tiu.snapshot.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Makes the boot entry of a snapshot fit its /etc again, when that was changed before it has run:
 * its command line and its initrd come from there.
 *
 * <p>What boots next is never rewritten, so it is taken back meanwhile: a trial is over, or the
 * system that runs is the default. A note is there before the change; by it the next command does
 * what was cut off. An initrd takes its time, so it is made before anything is taken back: what is
 * cut off then boots with the earlier one, and so does what has no other one at the end.
 */
final class EntryRenewal {
  /** {@code 3}: that many tries are left; {@code default 1}: 1 is the default meanwhile. */
  private static final SnapshotNote NOTE = new SnapshotNote("trial-renewal");

  private static final String DEFAULT = "default ";

  /** How many changed files a message names. */
  private static final int SHOWN = 3;

  /**
   * For all initrds together. What brings the machine down ends {@code tiu etc finish} after 15
   * minutes (units/tiu-finalize.service), and the merge needs some of them.
   */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final SnapshotStore store;
  private final Boot boot;
  private final Console console;

  EntryRenewal(SnapshotStore store, Boot boot, Console console) {
    this.store = store;
    this.boot = boot;
    this.console = console;
  }

  /** Changes the /etc of a snapshot that doesn't run; says whether it did. */
  interface EtcChange {
    boolean make() throws IOException;
  }

  /** Whether there is time for what makes initrds. */
  enum Generators {
    MAY_RUN,
    /** Early in a boot there isn't. */
    MAY_NOT_RUN
  }

  /** Changes the /etc of what boots next, and so maybe its entry. */
  void change(Snapshot snapshot, EtcChange change) throws IOException {
    Optional<String> part = snapshot.isBooted() ? Optional.empty() : part(snapshot);
    if (part.isEmpty()) {
      if (change.make() && !snapshot.isBooted() && isStale(snapshot)) {
        console.note(
            ("Snapshot %d keeps the initrd that it has: its entry can't be written anew while no other"
                    + " snapshot can be the default. `tiu status` says what was changed since it was"
                    + " made")
                .formatted(snapshot.number()));
      }
      return;
    }
    NOTE.write(store, snapshot, part.get());
    if (change.make() || isStale(snapshot)) {
      finish(snapshot, part.get(), Generators.MAY_RUN);
    }
    forget(store, snapshot);
  }

  /** Nothing is to be done that was begun, as it is done, or not wanted any more. */
  static void forget(SnapshotStore store, Snapshot snapshot) throws IOException {
    // Another one may have taken its place.
    if (store.find(snapshot.number()).isPresent()) {
      NOTE.remove(store, snapshot);
    }
  }

  /** Does what a command that was killed had begun. */
  void finishPending(Generators generators) throws IOException {
    if (!boot.hasLoader()) {
      return;
    }
    for (Snapshot snapshot : store.list()) {
      if (snapshot.isOurs() && !snapshot.isBooted()) {
        Optional<String> part = NOTE.read(store, snapshot);
        if (part.isPresent()) {
          finish(snapshot, part.get(), generators);
          NOTE.remove(store, snapshot);
        }
      }
    }
  }

  private boolean isStale(Snapshot snapshot) throws IOException {
    return store.find(snapshot.number()).filter(Snapshot::isBootable).isPresent()
        && !boot.changedInitrdInputs(snapshot).isEmpty();
  }

  /**
   * Makes the initrds anew if what they were made from was changed. If that fails, the earlier ones
   * stay, and it is said: a snapshot with a merged /etc is tried, or runs, rather than none.
   */
  void renewInitrds(Snapshot snapshot) throws IOException {
    List<String> changed = boot.changedInitrdInputs(snapshot);
    if (changed.isEmpty()) {
      return;
    }
    console.note(
        "An initrd for snapshot %d is made anew, as these were changed since: %s"
            .formatted(snapshot.number(), Console.some(changed, SHOWN)));
    try (EntryMaker.Made made =
        boot.maker(snapshot).make(snapshot, Initrds.ANEW, Optional.of(LIMIT))) {
      console.note("The initrd of snapshot %d is made".formatted(made.entry().number()));
    } catch (IOException e) {
      console.note(
          "%s. Snapshot %d keeps the initrd that it has, from before that change; `tiu etc finish`"
                  .formatted(problem(e), snapshot.number())
              + " tries again");
    }
  }

  private static String problem(IOException failure) {
    return failure instanceof BootException e ? e.problem() : String.valueOf(failure.getMessage());
  }

  /** What the snapshot is for the boot loader, as the note says it; empty if it is nothing. */
  private Optional<String> part(Snapshot snapshot) throws IOException {
    Optional<LoaderState> state = boot.state();
    if (state.isEmpty()) {
      return Optional.empty();
    }
    Optional<Trial> trial = state.get().trial().filter(t -> t.number() == snapshot.number());
    if (trial.isPresent()) {
      return trial.filter(t -> t.triesLeft() > 0).map(t -> Integer.toString(t.triesLeft()));
    }
    return state.get().isDefault().equals(OptionalInt.of(snapshot.number()))
        ? meanwhile(snapshot, state.get()).map(other -> DEFAULT + other.number())
        : Optional.empty();
  }

  /** What can be the default while another one's entry is written: what runs, or ran before it. */
  private Optional<Snapshot> meanwhile(Snapshot snapshot, LoaderState state) throws IOException {
    OptionalInt base = snapshot.info().base();
    List<Snapshot> all = store.list();
    return all.stream()
        .filter(Snapshot::isBooted)
        .findFirst()
        .or(() -> all.stream().filter(s -> base.equals(OptionalInt.of(s.number()))).findFirst())
        .filter(s -> s.isOurs() && s.isBootable() && s.number() != snapshot.number())
        .filter(s -> state.published().contains(s.number()));
  }

  private void finish(Snapshot snapshot, String part, Generators generators) throws IOException {
    boolean isDefault = part.startsWith(DEFAULT);
    if (isDefault ? !isStillDefault(snapshot, part) : !isStillTried(snapshot, part)) {
      return;
    }
    if (generators == Generators.MAY_RUN) {
      renewInitrds(snapshot);
    }
    try (EntryMaker.Made made =
        boot.maker(snapshot).make(snapshot, Initrds.KEPT, Optional.of(LIMIT))) {
      if (isDefault) {
        replaceDefault(snapshot, made, number(part));
      } else {
        replaceTried(snapshot, made, part);
      }
    } catch (BootException e) {
      console.note(
          "The boot entry of snapshot %d couldn't be written anew. `tiu list` shows what boots now;"
                  .formatted(snapshot.number())
              + " `tiu rollback %d` makes it the default".formatted(snapshot.number()));
      NOTE.remove(store, snapshot);
      throw e;
    }
  }

  private boolean isStillTried(Snapshot snapshot, String left) throws IOException {
    Optional<Trial> trial = boot.trial();
    return left.matches("[1-9]")
        && trial.filter(t -> t.number() != snapshot.number() || t.triesLeft() == 0).isEmpty()
        && snapshot.is(SnapshotState.STAGED);
  }

  private void replaceTried(Snapshot snapshot, EntryMaker.Made made, String left)
      throws IOException {
    Optional<Trial> trial = boot.trial();
    if (trial.isPresent() && boot.isPublished(made)) {
      return;
    }
    boot.disarm();
    boot.publish(snapshot, made);
    boot.arm(snapshot, trial.map(Trial::triesLeft).orElse(Integer.parseInt(left)));
  }

  private static int number(String part) {
    String digits = part.substring(DEFAULT.length());
    return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : 0;
  }

  private boolean isStillDefault(Snapshot snapshot, String part) throws IOException {
    OptionalInt now = boot.state().orElseThrow().isDefault();
    return snapshot.isBootable()
        && boot.trial().isEmpty()
        && (now.orElse(0) == snapshot.number() || now.orElse(0) == number(part));
  }

  private void replaceDefault(Snapshot snapshot, EntryMaker.Made made, int other)
      throws IOException {
    boolean starts =
        boot.state().orElseThrow().isDefault().equals(OptionalInt.of(snapshot.number()));
    if (!boot.isPublished(made)) {
      Optional<Snapshot> meanwhile = store.find(other).filter(Snapshot::isBootable);
      if (starts && meanwhile.isEmpty()) {
        return;
      }
      if (starts) {
        boot.makeDefault(meanwhile.get());
      }
      boot.publish(snapshot, made);
      starts = false;
    }
    if (!starts) {
      boot.makeDefault(snapshot);
    }
  }
}
