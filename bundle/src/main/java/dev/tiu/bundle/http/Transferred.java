package dev.tiu.bundle.http;

/**
 * What went over the wire.
 *
 * @param requests that were sent, redirects and repetitions included
 * @param bytes of content that were received, wanted or not; without headers
 */
public record Transferred(long requests, long bytes) {
  /** Nothing. */
  public static final Transferred NONE = new Transferred(0, 0);

  /** Both together. */
  public Transferred plus(Transferred other) {
    return new Transferred(requests + other.requests, bytes + other.bytes);
  }
}
