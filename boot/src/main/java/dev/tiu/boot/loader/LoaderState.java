package dev.tiu.boot.loader;

import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a boot loader offers and would do.
 *
 * @param published the snapshots that it can boot
 * @param isDefault the one that it boots as a rule
 * @param trial what it tries before that
 */
public record LoaderState(
    SortedSet<Integer> published, OptionalInt isDefault, Optional<Trial> trial) {
  /** Keeps a copy. */
  public LoaderState {
    published = Collections.unmodifiableSortedSet(new TreeSet<>(published));
  }

  /** What decides, of which it isn't known yet what else is published. */
  static LoaderState deciding(OptionalInt isDefault, Optional<Trial> trial) {
    return new LoaderState(Collections.emptySortedSet(), isDefault, trial);
  }

  /**
   * A snapshot on trial.
   *
   * @param triesLeft how many more boots of it there will be
   */
  public record Trial(int number, int triesLeft) {}

  /** Whether it may not be changed or taken away. */
  boolean needs(int number) {
    return isDefault.orElse(0) == number
        || trial.filter(t -> t.number() == number && t.triesLeft() > 0).isPresent();
  }
}
