package dev.tiu.bundle.http;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A server's answer, its content still on the way.
 *
 * @param uri where it came from, after all redirects
 */
record Answer(URI uri, int status, HttpHeaders headers, Body body) implements AutoCloseable {

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  Optional<ContentRange> contentRange() {
    return header("Content-Range").flatMap(ContentRange::parse);
  }

  /** What it says of its content's length; empty if that is nothing, or makes no sense. */
  OptionalLong contentLength() {
    String value = header("Content-Length").orElse("").strip();
    return value.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(value))
        : OptionalLong.empty();
  }

  @Override
  public void close() {
    body.close();
  }
}
