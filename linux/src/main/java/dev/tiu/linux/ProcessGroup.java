package dev.tiu.linux;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The processes of a session that one program began. */
final class ProcessGroup {
  private static final int SIGTERM = 15;
  private static final int SIGKILL = 9;
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final long POLL_MILLIS = 10;

  private final Process leader;
  private final int id;

  ProcessGroup(Process leader) {
    this.leader = leader;
    this.id = Math.toIntExact(leader.pid());
  }

  /**
   * Ends all of them and waits for their end, whether the thread is interrupted or not; what even
   * SIGKILL doesn't end within seconds (it hangs in the kernel) is left behind.
   */
  void end() {
    boolean interrupted = Thread.interrupted();
    signal(SIGTERM);
    interrupted |= awaitEnd();
    if (isAlive()) {
      signal(SIGKILL);
      interrupted |= awaitEnd();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void signal(int signal) {
    // Before the program has made its own group there is only the process itself.
    if (LibC.kill(-id, signal) < 0 && leader.isAlive()) {
      LibC.kill(id, signal);
    }
  }

  private boolean isAlive() {
    return leader.isAlive() || LibC.kill(-id, 0) == 0;
  }

  /** Whether the wait was interrupted (and went on). */
  private boolean awaitEnd() {
    boolean interrupted = false;
    long deadline = System.nanoTime() + GRACE.toNanos();
    while (isAlive() && System.nanoTime() < deadline) {
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
