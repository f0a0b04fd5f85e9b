package dev.tiu.bundle.http.testing;

import java.util.Map;
import java.util.Optional;

/**
 * What a client sent.
 *
 * @param number of this server's requests, from 1
 * @param target path and query, or with a proxy the whole address
 * @param headers by their names in lower case
 */
public record Request(int number, String method, String target, Map<String, String> headers) {
  public Request {
    headers = Map.copyOf(headers);
  }

  /** A header's value. */
  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /** The header {@code Range}, or nothing. */
  public String range() {
    return header("range").orElse("");
  }
}
