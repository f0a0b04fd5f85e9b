package dev.tiu.bundle.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in headers and addresses, and what is made of nonsense there. */
final class HeadersTest {
  @Test
  void content_range_is_first_last_and_total() {
    assertThat(ContentRange.parse("bytes 0-9/100"))
        .contains(new ContentRange(0, 9, OptionalLong.of(100)));
    assertThat(ContentRange.parse("bytes 5-5/*"))
        .contains(new ContentRange(5, 5, OptionalLong.empty()));
    assertThat(ContentRange.totalOfRefusal("bytes */77")).hasValue(77);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes 9-0/100",
        "bytes 0-100/100",
        "bytes -1-5/100",
        "bytes */100",
        "lines 0-9/100",
        "bytes 0-9/100, bytes 20-29/100",
        "bytes 0-9999999999999999999999/99999999999999999999999"
      })
  void content_range_without_sense_is_none(String header) {
    assertThat(ContentRange.parse(header)).isEmpty();
  }

  @Test
  void retry_after_is_seconds_or_a_date() {
    Instant now = Instant.parse("2026-11-20T12:00:00Z");
    assertThat(RetryAfter.parse("120", now)).contains(Duration.ofMinutes(2));
    assertThat(RetryAfter.parse("Fri, 20 Nov 2026 12:00:30 GMT", now))
        .contains(Duration.ofSeconds(30));
    assertThat(RetryAfter.parse("Fri, 20 Nov 2026 11:00:00 GMT", now)).contains(Duration.ZERO);
    assertThat(RetryAfter.parse("-5", now)).isEmpty();
    assertThat(RetryAfter.parse("soon", now)).isEmpty();
  }

  @Test
  void address_shows_neither_password_nor_query() {
    WebAddress address = WebAddress.parse("HTTPS://a%40b:p%3Aw@Example.org:8443/x/os.tiu?sig=1#f");
    assertThat(address).hasToString("https://Example.org:8443/x/os.tiu?...");
    assertThat(address.uri()).isEqualTo(URI.create("https://Example.org:8443/x/os.tiu?sig=1"));
    assertThat(address.authorization()).contains("Basic YUBiOnA6dw==");
  }

  @ParameterizedTest
  @CsvSource({
    "https://a:b@h:8/x/os.tiu?sig=1, channel.json, https://h:8/x/channel.json",
    "https://h/x/, os 2.tiu, https://h/x/os%202.tiu",
    "https://h, os.tiu, https://h/os.tiu",
    "https://h/a%2Fb/os.tiu, 100%.tiu, https://h/a%2Fb/100%25.tiu",
    "https://h/x/os.tiu, %2e%2e, https://h/x/%252e%252e",
    "https://h/x/os.tiu, a?b#c, https://h/x/a%3Fb%23c",
    "https://h/x/os.tiu, a:b, https://h/x/a:b",
    "https://h/x/os.tiu, ü, https://h/x/%C3%BC",
  })
  void sibling_lies_in_the_same_directory_whatever_its_name(
      String address, String file, String expected) {
    WebAddress sibling = WebAddress.parse(address).sibling(file);
    assertThat(sibling.uri()).hasToString(expected);
    assertThat(sibling.authorization()).isEqualTo(WebAddress.parse(address).authorization());
  }

  @Test
  void same_origin_is_scheme_host_and_port() {
    WebAddress address = WebAddress.parse("https://example.org/os.tiu");
    assertThat(address.isSameOrigin(URI.create("https://EXAMPLE.org:443/other"))).isTrue();
    assertThat(address.isSameOrigin(URI.create("https://example.org:444/os.tiu"))).isFalse();
    assertThat(address.isSameOrigin(URI.create("http://example.org/os.tiu"))).isFalse();
    assertThat(address.isSameOrigin(URI.create("https://www.example.org/os.tiu"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://",
        "https:///path",
        "ftp://s3cret@host/x",
        "http:s3cret",
        "http://s3cret@ho st/"
      })
  void what_is_no_address_is_refused_without_quoting_it(String text) {
    assertThatThrownBy(() -> WebAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void environment_names_proxies_and_exceptions() {
    Proxies proxies =
        Proxies.ofEnvironment(
            Map.of(
                "HTTPS_PROXY", "http://p:3128",
                "http_proxy", "q",
                "HTTP_PROXY", "not-this-one",
                "no_proxy", "localhost, .internal,example.org"));
    assertThat(way(proxies, "https://far.net/")).contains("http://p:3128/");
    assertThat(way(proxies, "http://far.net/")).contains("http://q/");
    assertThat(way(proxies, "https://localhost/")).isEmpty();
    assertThat(way(proxies, "https://a.internal/")).isEmpty();
    assertThat(way(proxies, "https://www.example.org/")).isEmpty();
    assertThat(way(proxies, "https://notexample.org/")).isPresent();
    assertThat(way(Proxies.ofEnvironment(Map.of()), "https://far.net/")).isEmpty();
  }

  private static Optional<String> way(Proxies proxies, String address) {
    return proxies.forAddress(URI.create(address)).map(WebAddress::toString);
  }
}
