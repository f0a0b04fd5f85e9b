package dev.tiu.health.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether an address of the web answers. Redirects aren't followed: to answer with one is an
 * answer.
 *
 * @param status the one that it must answer with; without, any from 200 to 399
 * @param contains what its first megabyte must have in it
 */
public record HttpProbe(URI address, Optional<Integer> status, Optional<String> contains)
    implements Probe {
  private static final int READ = 1 << 20;
  private static final int OK = 200;
  private static final int ERROR = 400;

  @Override
  public Finding look(Duration limit) throws InterruptedException {
    return Bounded.call(limit, address.toString(), () -> ask(limit));
  }

  private Finding ask(Duration limit) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    try {
      connection.setConnectTimeout((int) limit.toMillis());
      connection.setReadTimeout((int) limit.toMillis());
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("User-Agent", "tiu-health");
      int answer = connection.getResponseCode();
      boolean expected =
          status.isPresent() ? answer == status.get() : answer >= OK && answer < ERROR;
      if (!expected) {
        return Finding.bad("%s answers %d".formatted(address, answer));
      }
      if (contains.isPresent() && !body(connection).contains(contains.get())) {
        return Finding.bad("what %s answers hasn't '%s' in it".formatted(address, contains.get()));
      }
      return Finding.good("%s answers %d".formatted(address, answer));
    } finally {
      connection.disconnect();
    }
  }

  private static String body(HttpURLConnection connection) throws IOException {
    try (InputStream body = connection.getInputStream()) {
      return new String(body.readNBytes(READ), UTF_8);
    }
  }

  @Override
  public Cost cost() {
    return Cost.WORK;
  }
}
