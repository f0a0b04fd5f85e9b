package dev.tiu.bundle.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An {@code http} or {@code https} address, with the name and password apart that it may hold, so
 * that neither they nor what a query has of secrets is shown or sent by accident.
 */
public final class WebAddress {
  private final URI uri;
  private final Optional<String> authorization;

  private WebAddress(URI uri, Optional<String> authorization) {
    this.uri = uri;
    this.authorization = authorization;
  }

  /** Whether a text is meant as such an address, right or wrong. */
  public static boolean isMeant(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.startsWith("http://") || lower.startsWith("https://");
  }

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException if it isn't one; its message doesn't quote it
   */
  public static WebAddress parse(String text) {
    try {
      return of(new URI(text));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "an address that can't be understood: "
              + e.getReason()
              + " at its character "
              + (e.getIndex() + 1),
          e);
    }
  }

  /** As {@link #parse}. */
  public static WebAddress of(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.isOpaque()) {
      throw new IllegalArgumentException("an address must begin with http:// or https://");
    }
    String host = uri.getHost();
    if (host == null || uri.getPort() > 65535) {
      throw new IllegalArgumentException("an address without a host that can be understood");
    }
    return new WebAddress(
        bare(uri, scheme, host), Optional.ofNullable(basic(uri.getRawUserInfo())));
  }

  /** Without name, password and fragment. */
  private static URI bare(URI uri, String scheme, String host) {
    StringBuilder text = new StringBuilder(scheme).append("://").append(host);
    if (uri.getPort() >= 0) {
      text.append(':').append(uri.getPort());
    }
    String path = uri.getRawPath();
    text.append(path == null || path.isEmpty() ? "/" : path);
    if (uri.getRawQuery() != null) {
      text.append('?').append(uri.getRawQuery());
    }
    return URI.create(text.toString());
  }

  private static @Nullable String basic(@Nullable String userInfo) {
    if (userInfo == null || userInfo.isEmpty()) {
      return null;
    }
    String decoded = URLDecoder.decode(userInfo.replace("+", "%2B"), UTF_8);
    String pair = decoded.indexOf(':') < 0 ? decoded + ":" : decoded;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  /**
   * The address of another file in the same directory, for the same name and password; without a
   * query.
   *
   * @param file a name, whatever characters it has
   */
  public WebAddress sibling(String file) {
    try {
      URI relative = new URI(null, null, "./" + file, null);
      return new WebAddress(URI.create(uri.resolve(relative).toASCIIString()), authorization);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The name of the file in its directory; empty for an address that ends with a slash. */
  public String fileName() {
    String path = uri.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The address without name and password. */
  public URI uri() {
    return uri;
  }

  /** What proves to the server who asks. */
  Optional<String> authorization() {
    return authorization;
  }

  boolean isSecure() {
    return uri.getScheme().equals("https");
  }

  /** Whether what is meant for one may be told to the other: same scheme, host and port. */
  boolean isSameOrigin(URI other) {
    return uri.getScheme().equalsIgnoreCase(String.valueOf(other.getScheme()))
        && uri.getHost().equalsIgnoreCase(String.valueOf(other.getHost()))
        && port(uri) == port(other);
  }

  private static int port(URI uri) {
    int standard = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() < 0 ? standard : uri.getPort();
  }

  /** For people: without name and password, and without a query, which may be a secret too. */
  static String shown(URI uri) {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?...";
    return uri.getScheme() + "://" + uri.getHost() + port + path + query;
  }

  /** As {@link #shown}. */
  @Override
  public String toString() {
    return shown(uri);
  }
}
