package dev.tiu.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The same work in several threads, which share it out among themselves. */
public final class Parallel {
  private Parallel() {}

  /** A worker's whole work. */
  @FunctionalInterface
  public interface Worker {
    void run() throws IOException;
  }

  /**
   * Runs that many workers; throws what the first of them threw, with what others threw suppressed
   * in it. None runs on after the return.
   */
  public static void run(int threads, Worker worker) throws IOException {
    if (threads == 1) {
      worker.run();
      return;
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      runIn(pool, threads, worker);
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  /** Work that comes to something. */
  @FunctionalInterface
  public interface Task<T> {
    T run() throws IOException;
  }

  /**
   * Does a task in this thread while another runs {@code aside}; returns when both have ended. What
   * one threw is thrown, the task's before the other's.
   */
  public static <T> T alongside(Worker aside, Task<T> task) throws IOException {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<?> running = pool.submit(asCallable(aside));
      T result = task.run();
      throwFirst(failures(pool, List.of(running)));
      return result;
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  private static void runIn(ExecutorService pool, int threads, Worker worker) throws IOException {
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      workers.add(pool.submit(asCallable(worker)));
    }
    throwFirst(failures(pool, workers));
  }

  private static Callable<Boolean> asCallable(Worker worker) {
    return () -> {
      worker.run();
      return true;
    };
  }

  /** Waits for all; one that fails ends those that haven't begun, and interrupts the others. */
  private static List<Throwable> failures(ExecutorService pool, List<Future<?>> workers)
      throws IOException {
    List<Throwable> failures = new ArrayList<>();
    for (Future<?> running : workers) {
      try {
        running.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } catch (ExecutionException e) {
        failures.add(e.getCause());
        pool.shutdownNow();
      }
    }
    return failures;
  }

  private static void throwFirst(List<Throwable> failures) throws IOException {
    if (failures.isEmpty()) {
      return;
    }
    Throwable first = failures.get(0);
    failures.stream().filter(other -> other != first).forEach(first::addSuppressed);
    if (first instanceof IOException failure) {
      throw failure;
    }
    throw new IllegalStateException(first);
  }

  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        boolean unused = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
