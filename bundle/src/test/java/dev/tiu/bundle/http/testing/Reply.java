package dev.tiu.bundle.http.testing;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the server sends, and how badly.
 *
 * @param cutAfter bytes of content after which the connection is closed; beyond the content: never
 * @param stallAfter bytes of content after which nothing more comes, while the connection stays
 */
@SuppressWarnings("ArrayRecordComponent") // made by tests, never compared
public record Reply(
    int status, Map<String, String> headers, byte[] content, int cutAfter, int stallAfter) {
  private static final int NEVER = Integer.MAX_VALUE;

  public Reply {
    headers = Map.copyOf(headers);
  }

  /** An answer with content, and the length of that in its head. */
  public static Reply of(int status, byte[] content) {
    return new Reply(status, Map.of("Content-Length", "" + content.length), content, NEVER, NEVER);
  }

  /** An answer without content. */
  public static Reply status(int status) {
    return of(status, new byte[0]);
  }

  /** The same with a header more, or with another value of it. */
  public Reply with(String name, String value) {
    Map<String, String> changed = new TreeMap<>(headers);
    changed.put(name, value);
    return new Reply(status, changed, content, cutAfter, stallAfter);
  }

  /** The same without a header. */
  public Reply without(String name) {
    Map<String, String> changed = new TreeMap<>(headers);
    changed.remove(name);
    return new Reply(status, changed, content, cutAfter, stallAfter);
  }

  /** The same, but the connection breaks after so many bytes. */
  public Reply cutAfter(int bytes) {
    return new Reply(status, headers, content, bytes, stallAfter);
  }

  /** The same, but nothing comes after so many bytes. */
  public Reply stallAfter(int bytes) {
    return new Reply(status, headers, content, cutAfter, bytes);
  }

  /** The same head before less content. */
  public Reply truncated(int bytes) {
    return new Reply(status, headers, Arrays.copyOf(content, bytes), cutAfter, stallAfter);
  }
}
