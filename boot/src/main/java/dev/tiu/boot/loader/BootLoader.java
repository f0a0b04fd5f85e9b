package dev.tiu.boot.loader;

import dev.tiu.boot.BootException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a boot loader offers and starts.
 *
 * <p>Each of the methods that change something is crash-safe: everything new is complete, synced
 * and read back before the one sector is written that makes it count. That sector is the only thing
 * that decides what boots, and what it names is never rewritten while it does. Each may be given
 * again after it was cut off.
 */
public interface BootLoader {
  /** As the configuration names it. */
  String name();

  /** What becomes of a trial that nobody ends. */
  Counting counting();

  /** What people should know of the way in which trials end here; empty where it is sure. */
  default Optional<String> weakness() {
    return Optional.empty();
  }

  /**
   * Checks that a published snapshot can be tried, where that is a matter of the snapshot.
   *
   * @throws UntriableException if it can't
   */
  default void requireTriable(int number) throws IOException {
    // As a rule it is the loader that counts.
  }

  /**
   * Has this boot of the running machine, one of a trial, be the last one if it wasn't counted:
   * nothing else would end the trial.
   *
   * @return whether it wasn't
   */
  default boolean endIfUncounted() throws IOException {
    return false;
  }

  /**
   * Makes it possible to boot that snapshot, which changes nothing of what does. An entry that is
   * there already is only replaced if it differs.
   *
   * @throws BootException if the entry is the default or on trial, and another
   */
  void publish(BootEntry entry) throws IOException;

  /**
   * Checks what can be known before a long work that a trial or a new default shall end.
   *
   * @throws dev.tiu.boot.BootException if the boot loader couldn't be told
   */
  default void requireReady() throws IOException {}

  /**
   * Has the next boots try a published snapshot, at most so many times; then the default boots
   * again.
   *
   * @param tries from 1 to 9; a loader that can't count tries once, or until somebody changes it,
   *     as {@link #counting} says
   */
  void arm(int number, int tries) throws IOException;

  /**
   * What {@link #makeDefault} will add to a file that is a person's as well, where it never did
   * before: the file's name and lines as a diff shows them. Empty if nothing is added.
   */
  default List<String> firstChange(int number) throws IOException {
    return List.of();
  }

  /** Boots a published snapshot from now on; a trial is over. */
  void makeDefault(int number) throws IOException;

  /** Nothing is tried any more, whatever is on trial; the default stays. */
  void disarm() throws IOException;

  /**
   * Takes snapshots from the menu, with the files that no other one has.
   *
   * @throws BootException if one of them is the default or on trial; then nothing is taken
   */
  void retract(Set<Integer> numbers) throws IOException;

  /** What it would do. */
  LoaderState state() throws IOException;

  /** Whether it is published, and just so. */
  boolean has(BootEntry entry) throws IOException;

  /** How many bytes more the boot partition must have free to publish that. */
  long missingBytes(BootEntry entry) throws IOException;
}
