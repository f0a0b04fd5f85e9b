package dev.tiu.e2e.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The test's end of what {@code guest/run-commands} describes. */
final class GuestPort {
  /** That the guest takes orders: its boot's id, and how long it had run by then. */
  record Booted(String bootId, double uptime) {}

  private final BlockingQueue<Booted> boots = new LinkedBlockingQueue<>();
  private final Map<Integer, GuestResult> results = new ConcurrentHashMap<>();
  private final Semaphore lines = new Semaphore(0);
  private int orders;

  void receive(String line) {
    String[] words = line.strip().split(" ", -1);
    switch (words[0]) {
      case "booted" -> boots.add(new Booted(words[1], Double.parseDouble(words[2])));
      case "done" -> {
        byte[] output = words.length > 3 ? Base64.getDecoder().decode(words[3]) : new byte[0];
        results.put(
            Integer.valueOf(words[1]),
            new GuestResult(Integer.parseInt(words[2]), new String(output, UTF_8).stripTrailing()));
      }
      default -> {
        // What a console or a boot that was cut off left on the line.
      }
    }
    lines.release();
  }

  /** Sends an order, and says under which number its result comes. */
  int order(LineSocket line, String script, long seconds) throws IOException {
    orders++;
    String encoded = Base64.getEncoder().encodeToString(script.getBytes(UTF_8));
    line.send("run %d %d %s".formatted(orders, seconds, encoded));
    return orders;
  }

  Optional<Booted> takeBoot() {
    return Optional.ofNullable(boots.poll());
  }

  Optional<GuestResult> takeResult(int order) {
    return Optional.ofNullable(results.remove(order));
  }

  /** Waits for a line, a moment at most. */
  void awaitLine(long millis) throws InterruptedException {
    if (lines.tryAcquire(Math.min(millis, 200), TimeUnit.MILLISECONDS)) {
      int unused = lines.drainPermits();
    }
  }
}
