package dev.tiu.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Makes many checks at once; one that fails stops no other, so that the report is whole.
 *
 * <p>Each lane has a thread of its own, which mostly waits.
 */
public final class HealthChecks {
  private static final Comparator<Check> BY_NAME = Comparator.comparing(Check::name);

  private final List<Check> checks;
  private final Pace pace;
  private final NavigableSet<String> waiting = new TreeSet<>();

  /** To be made in the time that goes by. */
  public HealthChecks(Collection<Check> checks) {
    this(checks, Pace.REAL);
  }

  HealthChecks(Collection<Check> checks, Pace pace) {
    this.checks = checks.stream().sorted(BY_NAME).toList();
    this.pace = pace;
    checks.forEach(check -> waiting.add(check.name()));
  }

  /** The checks that haven't ended yet; may be asked from another thread. */
  public NavigableSet<String> waiting() {
    synchronized (waiting) {
      return new TreeSet<>(waiting);
    }
  }

  /**
   * Makes them all.
   *
   * @throws InterruptedException if this thread is interrupted; then all of them are given up
   */
  public HealthReport run() throws InterruptedException {
    SortedMap<String, List<Check>> lanes = new TreeMap<>();
    for (Check check : checks) {
      lanes.computeIfAbsent(check.lane(), lane -> new ArrayList<>()).add(check);
    }
    List<FutureTask<List<CheckResult>>> tasks = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    lanes.forEach(
        (lane, together) -> {
          FutureTask<List<CheckResult>> task = new FutureTask<>(() -> inTurn(together));
          Thread thread = new Thread(task, "check " + lane);
          thread.setDaemon(true);
          tasks.add(task);
          threads.add(thread);
        });
    try {
      threads.forEach(Thread::start);
      List<CheckResult> results = new ArrayList<>();
      for (FutureTask<List<CheckResult>> task : tasks) {
        results.addAll(task.get());
      }
      results.sort(Comparator.comparing(CheckResult::name));
      return new HealthReport(results);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.forEach(Thread::interrupt);
    }
  }

  private List<CheckResult> inTurn(List<Check> together) throws InterruptedException {
    List<CheckResult> results = new ArrayList<>();
    for (Check check : together) {
      results.add(run(check));
      synchronized (waiting) {
        waiting.remove(check.name());
      }
    }
    return results;
  }

  /**
   * What goes wrong in a check's own code is a check that failed, and no reason to know nothing.
   */
  private CheckResult run(Check check) throws InterruptedException {
    long began = pace.nanos();
    try {
      return new CheckRun(check, pace).run();
    } catch (RuntimeException e) {
      return new CheckResult(
          check.name(),
          check.importance(),
          false,
          1,
          Duration.ofNanos(pace.nanos() - began),
          "can't be made: " + e,
          "");
    }
  }
}
