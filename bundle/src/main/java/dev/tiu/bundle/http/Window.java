package dev.tiu.bundle.http;

import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What of a remote file is in memory, and what will be: chunks that don't overlap.
 *
 * <p>Fetchers run ahead of the readers by a twentieth of all that was said to be read, as what is
 * ahead is lost with a process that is killed; and at most until three quarters of the room hold
 * what nobody has read yet. The rest is for what was read, as neighbouring reads overlap. A reader
 * never waits for room: what it needs and nobody has begun it fetches itself, and what was used
 * longest ago goes. So readers far apart, or in another order than said, are slower, and never
 * stuck.
 */
final class Window {
  /** Most that is kept because it will be read again. */
  private static final long MOST_KEPT = 48 << 20;

  /** Of what is wanted, so much may be fetched and not yet read: one part of so many. */
  private static final int PARTS = 20;

  private final long room;
  private final int piece;
  private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
  private final Deque<Chunk> queue = new ArrayDeque<>();
  private List<ByteRange> kept = List.of();
  private Optional<TransferException> failure = Optional.empty();
  private boolean closed;
  private long moment;
  private long expected;

  /**
   * An empty window.
   *
   * @param piece bytes of the longest chunk
   */
  Window(long room, int piece) {
    this.room = room;
    this.piece = piece;
  }

  /** A chunk, and whether the one who asked has to fetch it. */
  record Claim(Chunk chunk, boolean mine) {}

  /**
   * The chunk that has the first of these bytes; a new one if there is none.
   *
   * @throws IOException if the source has failed and the bytes aren't here
   */
  synchronized Claim claim(long start, long end) throws IOException {
    Optional<Chunk> found = at(start);
    if (found.isPresent() && found.get().isBegun()) {
      Chunk chunk = found.get();
      chunk.use(++moment);
      return new Claim(chunk, false);
    }
    if (closed) {
      throw new IOException("closed");
    }
    if (failure.isPresent()) {
      throw failure.get().again();
    }
    Chunk chunk = found.orElseGet(() -> add(start, end));
    queue.remove(chunk);
    begin(chunk);
    evict(loaded() - room, Chunk::isConsumed);
    evict(loaded() - room - room / 4, Chunk::isComplete);
    return new Claim(chunk, true);
  }

  private Optional<Chunk> at(long position) {
    return Optional.ofNullable(chunks.floorEntry(position))
        .map(Map.Entry::getValue)
        .filter(chunk -> position < chunk.end());
  }

  private Chunk add(long start, long end) {
    Long next = chunks.higherKey(start);
    long limit = Math.min(start + piece, next == null ? end : Math.min(end, next));
    ByteRange range = ByteRange.between(start, limit);
    Chunk chunk = new Chunk(range, List.of(range));
    chunks.put(start, chunk);
    return chunk;
  }

  private void begin(Chunk chunk) {
    chunk.begin();
    chunk.use(++moment);
  }

  /** Adds what isn't here or on the way already to what fetchers fetch. */
  synchronized void expect(List<ByteRange> ranges, Coalescing coalescing) {
    List<ByteRange> wanted = ByteRange.coalesce(ranges);
    List<ByteRange> there = chunks.values().stream().map(Chunk::range).toList();
    for (ByteRange request : coalescing.requests(wanted, there)) {
      Chunk chunk = new Chunk(request, within(wanted, request));
      chunks.put(chunk.start(), chunk);
      queue.add(chunk);
      expected += chunk.length();
    }
    notifyAll();
  }

  private static List<ByteRange> within(List<ByteRange> sorted, ByteRange range) {
    List<ByteRange> parts = new ArrayList<>();
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).end() <= range.offset()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int i = low; i < sorted.size() && sorted.get(i).offset() < range.end(); i++) {
      parts.add(sorted.get(i));
    }
    return parts;
  }

  synchronized void keep(List<ByteRange> ranges) {
    kept = ByteRange.coalesce(ranges);
    if (kept.stream().mapToLong(ByteRange::length).sum() > MOST_KEPT) {
      kept = List.of();
    }
    notifyAll();
  }

  /** Puts a chunk there that came by the way. */
  synchronized void put(Chunk chunk) {
    if (at(chunk.start()).isEmpty()) {
      chunks.put(chunk.start(), chunk);
      chunk.use(++moment);
    }
  }

  /** The next chunk for a fetcher, once there is one and room for it; none when it is over. */
  synchronized Optional<Chunk> next() throws InterruptedException {
    while (!closed && failure.isEmpty()) {
      Chunk first = queue.peek();
      if (first != null && ahead() + first.length() <= mostAhead()) {
        queue.remove();
        begin(first);
        evict(loaded() - room, Chunk::isConsumed);
        return Optional.of(first);
      }
      wait();
    }
    return Optional.empty();
  }

  /** Room may have come free. */
  synchronized void changed() {
    notifyAll();
  }

  /** Two pieces at the least, so that one is on its way while the other is read. */
  private long mostAhead() {
    return Math.min(room - room / 4, Math.max(2L * piece, expected / PARTS));
  }

  private long ahead() {
    return chunks.values().stream()
        .filter(chunk -> chunk.isBegun() && !chunk.isConsumed() && !isKept(chunk))
        .mapToLong(Chunk::length)
        .sum();
  }

  private long loaded() {
    return chunks.values().stream()
        .filter(chunk -> chunk.isBegun() && !isKept(chunk))
        .mapToLong(Chunk::length)
        .sum();
  }

  private boolean isKept(Chunk chunk) {
    for (ByteRange range : kept) {
      if (range.offset() < chunk.end() && chunk.start() < range.end()) {
        return true;
      }
    }
    return false;
  }

  private void evict(long excess, Predicate<Chunk> which) {
    if (excess <= 0) {
      return;
    }
    List<Chunk> oldest =
        chunks.values().stream()
            .filter(chunk -> which.test(chunk) && !isKept(chunk))
            .sorted(Comparator.comparingLong(Chunk::lastUse))
            .toList();
    long left = excess;
    for (Chunk chunk : oldest) {
      if (left <= 0) {
        return;
      }
      chunks.remove(chunk.start());
      left -= chunk.length();
    }
  }

  /**
   * Forgets a chunk that whoever was fetching it has given up; the next who needs it tries anew.
   */
  synchronized void abandon(Chunk chunk) {
    chunks.remove(chunk.start(), chunk);
    chunk.fail(new IOException("fetching it was given up"));
    notifyAll();
  }

  /** Nothing more will come: whoever waits for a chunk learns why. */
  synchronized void fail(TransferException cause) {
    if (failure.isEmpty()) {
      failure = Optional.of(cause);
    }
    queue.clear();
    for (Chunk chunk : List.copyOf(chunks.values())) {
      if (!chunk.isComplete()) {
        chunk.fail(cause.again());
        chunks.remove(chunk.start());
      }
    }
    notifyAll();
  }

  synchronized void close() {
    closed = true;
    queue.clear();
    chunks.values().forEach(chunk -> chunk.fail(new IOException("closed")));
    chunks.clear();
    notifyAll();
  }
}
