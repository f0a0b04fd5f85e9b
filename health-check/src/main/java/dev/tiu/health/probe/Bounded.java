package dev.tiu.health.probe;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work that the Java library gives no time limit to, such as asking for a name's address. */
final class Bounded {
  private static final Duration A_LOOK = Duration.ofSeconds(5);

  private Bounded() {}

  /** Does it in a thread that is left alone when the time is over. */
  static Finding call(Duration limit, String what, Callable<Finding> work)
      throws InterruptedException {
    FutureTask<Finding> task = new FutureTask<>(work);
    Thread thread = new Thread(task, what);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      return Finding.bad("%s: no answer within %d s".formatted(what, seconds(limit)));
    } catch (ExecutionException e) {
      return Finding.bad("%s: %s".formatted(what, String.valueOf(e.getCause())));
    }
  }

  /**
   * A look at something of this machine, which is answered at once unless a disk or a server hangs:
   * that gets some time even where a try has hardly any left.
   */
  static Finding look(Duration limit, String what, Callable<Finding> work)
      throws InterruptedException {
    return call(limit.compareTo(A_LOOK) < 0 ? A_LOOK : limit, what, work);
  }

  /** Rounded up, as the time that a try has left is a little less than what it was given. */
  static long seconds(Duration limit) {
    return limit.plusMillis(999).toSeconds();
  }
}
