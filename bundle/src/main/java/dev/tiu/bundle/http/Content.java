package dev.tiu.bundle.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Takes an answer's content off the wire: counted, held to the rates, and never waited for long.
 */
final class Content {
  private static final double NANOS = 1e9;

  private final WebClient client;
  private final Transfer transfer;
  private final Timing timing;
  private final Meter meter;
  private final Optional<TokenBucket> limit;

  /** Gets the bytes in order. */
  @FunctionalInterface
  interface Sink {
    void put(ByteBuffer bytes) throws IOException;
  }

  /** All answers together are held to the transfer's rate. */
  static Content of(WebClient client, Transfer transfer, Timing timing, Meter meter) {
    Optional<TokenBucket> limit =
        transfer.limitRate().isPresent()
            ? Optional.of(new TokenBucket(transfer.limitRate().getAsLong(), timing))
            : Optional.empty();
    return new Content(client, transfer, timing, meter, limit);
  }

  private Content(
      WebClient client,
      Transfer transfer,
      Timing timing,
      Meter meter,
      Optional<TokenBucket> limit) {
    this.client = client;
    this.transfer = transfer;
    this.timing = timing;
    this.meter = meter;
    this.limit = limit;
  }

  /**
   * Hands on all that comes, at most {@code most} bytes.
   *
   * @return how many there were until the answer's end
   * @throws TransientException if the connection breaks or is too slow
   */
  long copy(Body body, long most, Sink sink) throws IOException, InterruptedException {
    long count = 0;
    long waited = 0;
    long came = 0;
    long start = timing.nanos();
    while (count < most && !body.isEnded()) {
      long before = timing.nanos();
      ByteBuffer bytes = next(body);
      int length = (int) Math.min(bytes.remaining(), most - count);
      waited += timing.nanos() - before;
      came += length;
      if (waited >= transfer.patience().toNanos()) {
        requireRate(came, waited);
        waited = 0;
        came = 0;
      }
      if (length > 0) {
        sink.put(bytes.slice(bytes.position(), length));
        bytes.position(bytes.limit());
        count += length;
        meter.received(length);
        if (limit.isPresent()) {
          limit.get().take(length);
        }
      }
    }
    meter.content(count, timing.nanos() - start);
    return count;
  }

  private ByteBuffer next(Body body) throws IOException, InterruptedException {
    long patience = client.patienceNanos();
    try {
      return body.next(patience);
    } catch (IOException e) {
      throw new TransientException("the connection broke (" + e.getMessage() + ")", e);
    }
  }

  /** Each connection's share of the rate, as several divide what the way to the server bears. */
  private void requireRate(long came, long waited) throws TransientException {
    double share = (double) transfer.minimumRate() / transfer.connections();
    if (came < Math.max(1, share * waited / NANOS)) {
      throw new TransientException(
          "only %d bytes came in %d seconds".formatted(came, (long) (waited / NANOS)),
          Optional.empty());
    }
  }
}
