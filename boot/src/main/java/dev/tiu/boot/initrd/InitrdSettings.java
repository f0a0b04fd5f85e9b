package dev.tiu.boot.initrd;

import dev.tiu.boot.initrd.InitrdGenerator.Coverage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How initrds are made.
 *
 * @param generator the one to take; the first that the snapshot has, if empty
 * @param timeLimit after which a generator is ended
 * @param time the image's, which files in the initrd get where the generator can
 * @param trials who counts the boots of a trial
 * @param watchdogs the kernel's drivers of those that the machine has, as far as it is known: one
 *     of them is fed where the system does so too
 */
public record InitrdSettings(
    Optional<InitrdGenerator> generator,
    Coverage coverage,
    Duration timeLimit,
    Instant time,
    Trials trials,
    List<String> watchdogs) {
  /** Who counts the boots of a snapshot on trial. */
  public enum Trials {
    /** The boot loader, or nobody. */
    COUNTED_ELSEWHERE,
    /** The initrd, if it can be made to. */
    COUNTED_HERE
  }

  /**
   * A desktop takes 10 seconds; a Raspberry Pi Zero 2 with a slow card, and a kernel that has all
   * modules, some minutes.
   */
  public static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(20);

  public InitrdSettings {
    watchdogs = List.copyOf(watchdogs);
  }

  /** As it is done where nothing is configured. */
  public static InitrdSettings of(Instant time) {
    return new InitrdSettings(
        Optional.empty(),
        Coverage.ANY_HOST,
        DEFAULT_TIME_LIMIT,
        time,
        Trials.COUNTED_ELSEWHERE,
        List.of());
  }

  /** The same for initrds that count the boots of a trial. */
  public InitrdSettings countingTries() {
    return new InitrdSettings(generator, coverage, timeLimit, time, Trials.COUNTED_HERE, watchdogs);
  }

  /** The same for a machine with those watchdogs. */
  public InitrdSettings feeding(List<String> drivers) {
    return new InitrdSettings(generator, coverage, timeLimit, time, trials, drivers);
  }

  /** The same where there is no more time than that; a second at least. */
  public InitrdSettings within(Duration left) {
    Duration shorter = left.compareTo(timeLimit) < 0 ? left : timeLimit;
    Duration second = Duration.ofSeconds(1);
    return new InitrdSettings(
        generator,
        coverage,
        shorter.compareTo(second) < 0 ? second : shorter,
        time,
        trials,
        watchdogs);
  }
}
