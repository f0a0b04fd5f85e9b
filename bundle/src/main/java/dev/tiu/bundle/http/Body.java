package dev.tiu.bundle.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An answer's content, taken piece by piece by one thread that waits as long as it likes.
 *
 * <p>The next piece is asked of the connection only when the one before was taken, so that a slow
 * reader slows the server down.
 */
final class Body implements HttpResponse.BodySubscriber<Body>, AutoCloseable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** What the connection says next. */
  private sealed interface Signal {
    record Content(List<ByteBuffer> buffers) implements Signal {}

    record Failure(Throwable cause) implements Signal {}

    record End() implements Signal {}
  }

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;
  private volatile Runnable whenClosed = () -> {};
  private List<ByteBuffer> content = List.of();
  private int next;
  private boolean ended;

  @Override
  public CompletionStage<Body> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    signals.add(new Signal.Content(item));
  }

  @Override
  public void onError(Throwable cause) {
    signals.add(new Signal.Failure(cause));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal.End());
  }

  /** Is run when nobody wants more. */
  void whenClosed(Runnable run) {
    whenClosed = run;
  }

  /** Whether all of it was taken. */
  boolean isEnded() {
    return ended;
  }

  /**
   * The next bytes; none if none came in time, or if it has ended.
   *
   * @throws IOException if the connection broke
   */
  ByteBuffer next(long waitNanos) throws IOException, InterruptedException {
    while (true) {
      while (next < content.size()) {
        ByteBuffer buffer = content.get(next++);
        if (buffer.hasRemaining()) {
          return buffer;
        }
      }
      if (ended) {
        return NOTHING;
      }
      Signal signal = signals.poll(waitNanos, TimeUnit.NANOSECONDS);
      if (signal == null) {
        return NOTHING;
      }
      take(signal);
    }
  }

  private void take(Signal signal) throws IOException {
    if (signal instanceof Signal.Content some) {
      content = some.buffers;
      next = 0;
      Flow.Subscription from = subscription;
      if (from != null) {
        from.request(1);
      }
    } else if (signal instanceof Signal.Failure failure) {
      throw new IOException(String.valueOf(failure.cause.getMessage()), failure.cause);
    } else {
      ended = true;
    }
  }

  /** Wants no more; from any thread. A connection with something left on it is given up. */
  @Override
  public void close() {
    closed = true;
    Flow.Subscription from = subscription;
    if (from != null && !ended) {
      from.cancel();
    }
    signals.add(new Signal.Failure(new IOException("closed")));
    whenClosed.run();
  }
}
