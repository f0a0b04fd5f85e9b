package dev.tiu.bundle.http;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** Gets a part of a file whose identity is known, in as many requests as the server makes of it. */
final class RangeFetch {
  private final WebClient client;
  private final Transfer transfer;
  private final Timing timing;
  private final Content content;
  private final Identity identity;
  private final long size;

  RangeFetch(
      WebClient client, Transfer transfer, Timing timing, Content content, Identity identity) {
    this.client = client;
    this.transfer = transfer;
    this.timing = timing;
    this.content = content;
    this.identity = identity;
    this.size = identity.size().orElseThrow();
  }

  /** Gets the bytes from {@code start} to {@code end}, and goes on where a connection is cut. */
  void fetch(long start, long end, Content.Sink sink) throws IOException, InterruptedException {
    Attempts attempts = new Attempts(client, transfer, timing);
    long[] at = {start};
    while (at[0] < end) {
      long before = at[0];
      try {
        fetchOnce(
            at[0],
            end,
            bytes -> {
              int length = bytes.remaining();
              sink.put(bytes);
              at[0] += length;
            });
        if (at[0] == before) {
          throw new TransientException("an answer without content", Optional.empty());
        }
      } catch (TransientException e) {
        if (at[0] - before >= Math.min(LEAST_PROGRESS, end - before)) {
          attempts.progress();
        }
        attempts.failed(e);
      }
    }
  }

  /** Fewer bytes than these, and a request counts as one that has brought nothing. */
  private static final long LEAST_PROGRESS = 1 << 12;

  private void fetchOnce(long from, long end, Content.Sink sink)
      throws IOException, InterruptedException {
    String range = "bytes=" + from + "-" + (end - 1);
    try (Answer answer = client.get(Optional.of(range), identity.strongTag())) {
      ContentRange part = part(answer, from, end);
      long count = content.copy(answer.body(), part.length(), sink);
      if (count < part.length()) {
        throw new TransientException(
            "the connection ended %d bytes too early".formatted(part.length() - count),
            Optional.empty());
      }
      finish(answer.body());
    }
  }

  /** So that the connection is known to be free before it would be given up. */
  private void finish(Body body) throws IOException, InterruptedException {
    try {
      body.next(Math.min(client.patienceNanos(), 100_000_000));
    } catch (TransferException e) {
      throw e;
    } catch (IOException e) {
      // All that was asked for is there.
      return;
    }
  }

  /** What part of the file an answer has, if it is one that was asked for, of the same file. */
  private ContentRange part(Answer answer, long from, long end) throws IOException {
    Optional<ContentRange> range = answer.contentRange();
    OptionalLong total = total(answer, range);
    Optional<String> difference = identity.difference(Identity.of(answer, total));
    if (difference.isPresent()) {
      throw new SourceChangedException(name(), difference.get());
    }
    if (answer.status() == 200) {
      if (identity.strongTag().isPresent() && answer.header("ETag").isEmpty()) {
        throw new SourceChangedException(name(), "the server sends all of it instead of a part");
      }
      throw new TransientException(
          "the server sends all of it instead of a part", Optional.empty());
    }
    if (answer.status() != 206) {
      throw new TransferException(
          name(),
          "the server refuses a part of the file, bytes %d to %d (status %d)"
              .formatted(from, end - 1, answer.status()));
    }
    if (range.isEmpty() || total.isEmpty()) {
      throw lie("doesn't say which part it sends");
    }
    ContentRange part = range.get();
    if (part.first() != from || part.last() >= end) {
      throw lie(
          "sends bytes %d to %d instead of %d to %d"
              .formatted(part.first(), part.last(), from, end - 1));
    }
    OptionalLong length = answer.contentLength();
    if (length.isPresent() && length.getAsLong() != part.length()) {
      throw lie(
          "says that a part of %d bytes is %d long".formatted(part.length(), length.getAsLong()));
    }
    return part;
  }

  private static OptionalLong total(Answer answer, Optional<ContentRange> range) {
    if (answer.status() == 416) {
      return ContentRange.totalOfRefusal(answer.header("Content-Range").orElse(""));
    }
    return answer.status() == 200
        ? answer.contentLength()
        : range.map(ContentRange::total).orElse(OptionalLong.empty());
  }

  private TransferException lie(String what) {
    return new TransferException(
        name(),
        "the server "
            + what
            + ". It, or a proxy before it, has its range requests wrong (file of %d bytes)"
                .formatted(size));
  }

  private String name() {
    return client.address().toString();
  }
}
