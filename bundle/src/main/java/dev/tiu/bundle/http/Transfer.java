package dev.tiu.bundle.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How to fetch.
 *
 * @param limitRate at most so many bytes a second, over all connections
 * @param minimumRate fewer bytes a second than this, over {@code patience}, are as good as none
 * @param deadline for all of it, from the opening on
 * @param retries how often in a row a request is repeated that has brought nothing
 * @param patience how long to wait for a connection, an answer, or the minimum rate
 * @param caFile certificates to trust instead of Java's own, PEM
 * @param cacheDirectory where a bundle is kept that has to be fetched whole
 * @param userAgent what the server is told: {@code tiu/VERSION}
 * @param connections how many requests are under way at the same time
 * @param windowBytes of memory for what is fetched ahead
 */
public record Transfer(
    OptionalLong limitRate,
    long minimumRate,
    Optional<Duration> deadline,
    int retries,
    Duration patience,
    Proxies proxies,
    Optional<Path> caFile,
    Path cacheDirectory,
    String userAgent,
    int connections,
    int windowBytes) {

  private static final int DEFAULT_WINDOW = 12 << 20;

  public Transfer {
    if (limitRate.isPresent() && limitRate.getAsLong() < 1) {
      throw new IllegalArgumentException("a rate must be at least 1 byte a second");
    }
    if (minimumRate < 0 || retries < 0 || connections < 1 || windowBytes < 1 << 16) {
      throw new IllegalArgumentException("setting of a transfer out of range");
    }
    if (patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("patience must be more than none");
    }
  }

  /** The settings that suit most; the rest is said by the {@code with} methods. */
  public static Transfer of(Path cacheDirectory, String userAgent) {
    return new Transfer(
        OptionalLong.empty(),
        1024,
        Optional.empty(),
        6,
        Duration.ofSeconds(30),
        Proxies.NONE,
        Optional.empty(),
        cacheDirectory,
        userAgent,
        4,
        DEFAULT_WINDOW);
  }

  /** These settings with other rates: at most, and at least. */
  public Transfer withRates(OptionalLong limit, long minimum) {
    return new Transfer(
        limit,
        minimum,
        deadline,
        retries,
        patience,
        proxies,
        caFile,
        cacheDirectory,
        userAgent,
        connections,
        windowBytes);
  }

  /** These settings with another end of all patience. */
  public Transfer withDeadline(Optional<Duration> other) {
    return new Transfer(
        limitRate,
        minimumRate,
        other,
        retries,
        patience,
        proxies,
        caFile,
        cacheDirectory,
        userAgent,
        connections,
        windowBytes);
  }

  /** These settings with other numbers of trials, and another time to wait in each. */
  public Transfer withRetries(int other, Duration wait) {
    return new Transfer(
        limitRate,
        minimumRate,
        deadline,
        other,
        wait,
        proxies,
        caFile,
        cacheDirectory,
        userAgent,
        connections,
        windowBytes);
  }

  /** These settings with other ways to the server, and another trust in it. */
  public Transfer withRoute(Proxies otherProxies, Optional<Path> otherCaFile) {
    return new Transfer(
        limitRate,
        minimumRate,
        deadline,
        retries,
        patience,
        otherProxies,
        otherCaFile,
        cacheDirectory,
        userAgent,
        connections,
        windowBytes);
  }

  /** These settings with another number of connections and another window. */
  public Transfer withWindow(int otherConnections, int bytes) {
    return new Transfer(
        limitRate,
        minimumRate,
        deadline,
        retries,
        patience,
        proxies,
        caFile,
        cacheDirectory,
        userAgent,
        otherConnections,
        bytes);
  }
}
