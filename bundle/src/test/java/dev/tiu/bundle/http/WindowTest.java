package dev.tiu.bundle.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.verity.ByteRange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How far fetchers run ahead of the readers. */
final class WindowTest {
  private static final int PIECE = 1 << 16;
  private static final int ROOM = 64 * PIECE;

  private final Window window = new Window(ROOM, PIECE);

  private void expect(int pieces) {
    window.expect(List.of(new ByteRange(0, (long) pieces * PIECE)), new Coalescing(PIECE, PIECE));
  }

  private Chunk fetchNext() throws InterruptedException {
    Chunk chunk = window.next().orElseThrow();
    chunk.append(ByteBuffer.allocate(PIECE));
    return chunk;
  }

  private void read(Chunk chunk) throws Exception {
    window
        .claim(chunk.start(), chunk.end())
        .chunk()
        .read(chunk.start(), ByteBuffer.allocate(PIECE));
    window.changed();
  }

  /** Fetches so many pieces; holds that the next one waits until the first of these is read. */
  private void requireMostAhead(int pieces) throws Exception {
    Chunk first = fetchNext();
    for (int i = 1; i < pieces; i++) {
      fetchNext();
    }
    AtomicReference<Optional<Chunk>> next = new AtomicReference<>(Optional.empty());
    Thread fetcher =
        new Thread(
            () -> {
              try {
                next.set(window.next());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    fetcher.start();
    while (fetcher.isAlive() && fetcher.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(fetcher.isAlive()).as("the next piece waits").isTrue();
    read(first);
    fetcher.join();
    assertThat(next.get()).map(Chunk::start).hasValue((long) pieces * PIECE);
  }

  @Test
  void little_that_is_wanted_is_fetched_two_pieces_ahead() throws Exception {
    expect(10);
    requireMostAhead(2);
  }

  @Test
  void what_is_ahead_is_a_twentieth_of_what_is_wanted() throws Exception {
    expect(100);
    requireMostAhead(5);
  }

  @Test
  void much_that_is_wanted_is_fetched_ahead_as_far_as_three_quarters_of_the_room_go()
      throws Exception {
    expect(2000);
    requireMostAhead(48);
  }
}
