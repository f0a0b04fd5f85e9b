package dev.tiu.bundle.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which proxy leads to which host.
 *
 * @param http for {@code http} addresses
 * @param https for {@code https} addresses
 * @param direct hosts that are asked without one: names with all below them, or {@code *}
 */
public record Proxies(Optional<WebAddress> http, Optional<WebAddress> https, List<String> direct) {
  /** No proxy. */
  public static final Proxies NONE = new Proxies(Optional.empty(), Optional.empty(), List.of());

  public Proxies {
    direct = List.copyOf(direct);
  }

  /** One proxy for everything. */
  public static Proxies all(WebAddress proxy) {
    return new Proxies(Optional.of(proxy), Optional.of(proxy), List.of());
  }

  /**
   * What the environment says, in the variables that curl knows.
   *
   * @throws IllegalArgumentException if one of them is no address
   */
  public static Proxies ofEnvironment(Map<String, String> environment) {
    Optional<String> all = value(environment, "all_proxy");
    List<String> direct =
        value(environment, "no_proxy").stream()
            .flatMap(list -> Stream.of(list.split("[,\\s]+")))
            .map(host -> host.toLowerCase(Locale.ROOT))
            .filter(host -> !host.isEmpty())
            .toList();
    return new Proxies(
        value(environment, "http_proxy").or(() -> all).map(Proxies::proxy),
        value(environment, "https_proxy").or(() -> all).map(Proxies::proxy),
        direct);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }

  /**
   * Reads a proxy's address; {@code http} is what is meant without a scheme.
   *
   * @throws IllegalArgumentException if it isn't one
   */
  public static WebAddress proxy(String text) {
    WebAddress proxy = WebAddress.parse(text.contains("://") ? text : "http://" + text);
    if (proxy.isSecure()) {
      throw new IllegalArgumentException("a proxy must be spoken to by http: " + proxy);
    }
    return proxy;
  }

  /** The proxy for an address. */
  Optional<WebAddress> forAddress(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (direct.stream().anyMatch(rule -> matches(rule, host))) {
      return Optional.empty();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? https : http;
  }

  private static boolean matches(String rule, String host) {
    String name = rule.startsWith("*.") ? rule.substring(2) : rule;
    name = name.startsWith(".") ? name.substring(1) : name;
    return rule.equals("*") || host.equals(name) || host.endsWith("." + name);
  }
}
