package dev.tiu.bundle.http;

import java.io.IOException;
import java.time.Duration;

/** Counts failures in a row, and waits longer after each: half a second, doubled, up to 30. */
final class Attempts {
  private static final long FIRST_MILLIS = 500;
  private static final long LONGEST_MILLIS = 30_000;
  private static final Duration LONGEST_AS_TOLD = Duration.ofMinutes(5);

  private final WebClient client;
  private final Transfer transfer;
  private final Timing timing;
  private int failed;

  Attempts(WebClient client, Transfer transfer, Timing timing) {
    this.client = client;
    this.transfer = transfer;
    this.timing = timing;
  }

  /** Something has come: what failed before doesn't count any more. */
  void progress() {
    failed = 0;
  }

  /**
   * Takes a failure, and returns when it is time to try again.
   *
   * @throws TransferException if it isn't tried again
   */
  void failed(TransientException failure) throws IOException, InterruptedException {
    failed++;
    if (failed > transfer.retries()) {
      TransferException last =
          new TransferException(
              client.address().toString(),
              failure.getMessage()
                  + ", and so %d times in a row. Is the network up, and the server?"
                      .formatted(failed));
      last.initCause(failure);
      throw last;
    }
    Duration wait = failure.retryAfter().orElseGet(this::backOff);
    if (wait.compareTo(LONGEST_AS_TOLD) > 0) {
      throw new TransferException(
          client.address().toString(),
          "%s, and wants to be asked again in %d seconds: that is too long to wait for"
              .formatted(failure.getMessage(), wait.toSeconds()));
    }
    client.patienceNanos();
    timing.sleep(wait);
  }

  /** Between half and all of the step, so that many devices don't come back at the same moment. */
  private Duration backOff() {
    long step = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(20, failed - 1));
    return Duration.ofMillis((long) (step * (0.5 + timing.chance() / 2)));
  }
}
