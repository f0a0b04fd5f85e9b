package dev.tiu.health;

import dev.tiu.health.probe.Finding;
import dev.tiu.health.probe.Probe;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One check being made: so many tries with a pause between them. A try is to see what it wants
 * before its time is over, and then to go on seeing it while it settles.
 */
final class CheckRun {
  private static final Duration LEAST = Duration.ofMillis(1);

  /** A second between looks, and later more: a check may wait for minutes on a small machine. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private static final Duration LATER = Duration.ofSeconds(5);
  private static final int LOOKS_SOON = 15;

  private final Check check;
  private final Pace pace;

  CheckRun(Check check, Pace pace) {
    this.check = check;
    this.pace = pace;
  }

  CheckResult run() throws InterruptedException {
    Patience patience = check.patience();
    long began = pace.nanos();
    int tries = 0;
    Finding finding;
    do {
      if (tries > 0) {
        pace.sleep(patience.pause());
      }
      finding = attempt();
      tries++;
    } while (!finding.isGood() && tries < patience.tries());
    return new CheckResult(
        check.name(),
        check.importance(),
        finding.isGood(),
        tries,
        Duration.ofNanos(pace.nanos() - began),
        finding.detail(),
        finding.output());
  }

  private Finding attempt() throws InterruptedException {
    long end = pace.nanos() + check.patience().timeout().toNanos();
    Finding finding = look(end);
    for (int looks = 1; !finding.isGood() && finding.mayChange() && mayLookAgain(end); looks++) {
      pace.sleep(shorter(looks < LOOKS_SOON ? SOON : LATER, left(end)));
      finding = look(end);
    }
    return finding.isGood() ? settle(finding) : finding;
  }

  private boolean mayLookAgain(long end) {
    return check.probe().cost() == Probe.Cost.LOOK && left(end).compareTo(LEAST) > 0;
  }

  private Finding settle(Finding good) throws InterruptedException {
    Duration settle = check.patience().settle();
    long began = pace.nanos();
    long end = began + settle.toNanos();
    Duration step = check.probe().cost() == Probe.Cost.LOOK ? SOON : LATER;
    Finding finding = good;
    while (finding.isGood() && left(end).compareTo(LEAST) > 0) {
      pace.sleep(shorter(step, left(end)));
      finding = check.probe().look(check.patience().timeout());
    }
    return finding.isGood()
        ? finding
        : new Finding(
            false,
            "%s, after %d s in which it was good"
                .formatted(finding.detail(), TimeUnit.NANOSECONDS.toSeconds(pace.nanos() - began)),
            finding.output());
  }

  private Finding look(long end) throws InterruptedException {
    Duration left = left(end);
    return check.probe().look(left.compareTo(LEAST) < 0 ? LEAST : left);
  }

  private Duration left(long end) {
    return Duration.ofNanos(end - pace.nanos());
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
