package dev.tiu.bundle.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.http.testing.Reply;
import dev.tiu.bundle.http.testing.Request;
import dev.tiu.bundle.http.testing.TestServer;
import dev.tiu.verity.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class HttpSourceTest {
  private static final int SIZE = 3_000_000;

  private final byte[] content = new byte[SIZE];
  private final FakeTiming timing = new FakeTiming();
  private TestServer server;
  @TempDir private Path cache;

  @BeforeEach
  void start() throws IOException {
    new Random(1).nextBytes(content);
    server = TestServer.serving(content);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Transfer transfer() {
    return Transfer.of(cache, "tiu/test").withRetries(3, Duration.ofSeconds(20));
  }

  private HttpSource open() throws IOException {
    return open(server.uri(), transfer());
  }

  private HttpSource open(URI uri, Transfer transfer) throws IOException {
    return HttpSource.open(WebAddress.of(uri), transfer, Opening.Way.PARTS, timing);
  }

  private byte[] read(HttpSource source, int offset, int length) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(length);
    source.read(offset, dst);
    assertThat(dst.hasRemaining()).isFalse();
    return dst.array();
  }

  private byte[] part(int offset, int length) {
    return Arrays.copyOfRange(content, offset, offset + length);
  }

  private void readAll(HttpSource source) throws IOException {
    source.expect(List.of(new ByteRange(0, SIZE)));
    assertThat(read(source, 0, SIZE)).isEqualTo(content);
  }

  @Test
  void opening_is_one_request_and_brings_the_end() throws IOException {
    try (HttpSource source = open()) {
      assertThat(source.size()).isEqualTo(SIZE);
      assertThat(read(source, SIZE - 30_000, 30_000)).isEqualTo(part(SIZE - 30_000, 30_000));
      assertThat(source.transferred()).isEqualTo(new Transferred(1, 32768));
    }
    assertThat(server.requests())
        .extracting(Request::range, r -> r.header("user-agent"), r -> r.header("accept-encoding"))
        .containsExactly(
            Tuple.tuple("bytes=-32768", Optional.of("tiu/test"), Optional.of("identity")));
  }

  @Test
  void file_shorter_than_the_end_that_is_asked_for_comes_whole() throws IOException {
    server.replace(part(0, 100), "\"short\"");
    try (HttpSource source = open()) {
      assertThat(source.size()).isEqualTo(100);
      assertThat(read(source, 0, 100)).isEqualTo(part(0, 100));
    }
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void empty_file_has_size_zero() throws IOException {
    server.replace(new byte[0], "\"empty\"");
    try (HttpSource source = open()) {
      assertThat(source.size()).isZero();
    }
  }

  @Test
  void unexpected_read_is_one_request_with_the_etag_as_condition() throws IOException {
    try (HttpSource source = open()) {
      assertThat(read(source, 1_000_000, 70_000)).isEqualTo(part(1_000_000, 70_000));
      assertThat(read(source, 1_000_500, 100)).isEqualTo(part(1_000_500, 100));
    }
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1).range()).isEqualTo("bytes=1000000-1069999");
    assertThat(server.requests().get(1).header("if-range")).contains("\"one\"");
  }

  @Test
  void read_past_the_end_is_an_end_of_file() throws IOException {
    try (HttpSource source = open()) {
      assertThatThrownBy(() -> read(source, SIZE - 1, 2)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void expected_ranges_are_joined_over_small_gaps_and_fetched_once() throws IOException {
    List<ByteRange> ranges = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ranges.add(new ByteRange(40_960L * i, 36_864));
    }
    try (HttpSource source = open()) {
      source.expect(ranges);
      source.expect(ranges);
      for (ByteRange range : ranges) {
        int offset = (int) range.offset();
        assertThat(read(source, offset, 36_864)).isEqualTo(part(offset, 36_864));
        assertThat(read(source, offset, 10)).isEqualTo(part(offset, 10));
      }
      assertThat(source.transferred().requests()).isLessThan(10);
      assertThat(source.transferred().bytes()).isLessThan(32768 + 20 * 36_864 + 66_000);
    }
  }

  @Test
  void two_readers_far_apart_with_a_small_window_both_come_to_their_end() throws Exception {
    Transfer small = transfer().withWindow(2, 1 << 18);
    try (HttpSource source = open(server.uri(), small)) {
      source.expect(List.of(new ByteRange(0, SIZE)));
      ExecutorService readers = Executors.newFixedThreadPool(2);
      List<Future<Boolean>> halves = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        int start = half * (SIZE / 2);
        halves.add(
            readers.submit(
                () -> {
                  for (int at = start; at < start + SIZE / 2; at += 50_000) {
                    assertThat(read(source, at, 50_000)).isEqualTo(part(at, 50_000));
                  }
                  return true;
                }));
      }
      for (Future<Boolean> half : halves) {
        assertThat(half.get()).isTrue();
      }
      readers.shutdown();
    }
  }

  @Test
  void reader_of_something_else_than_expected_is_served_while_the_window_is_full()
      throws IOException {
    Transfer small = transfer().withWindow(2, 1 << 18);
    try (HttpSource source = open(server.uri(), small)) {
      source.expect(List.of(new ByteRange(0, 2_000_000)));
      for (int at = 2_900_000; at > 2_000_000; at -= 90_000) {
        assertThat(read(source, at, 50_000)).isEqualTo(part(at, 50_000));
      }
      assertThat(read(source, 1_900_000, 50_000)).isEqualTo(part(1_900_000, 50_000));
    }
  }

  @Test
  void what_is_kept_outlasts_what_else_is_read() throws IOException {
    Transfer small = transfer().withWindow(2, 1 << 18);
    try (HttpSource source = open(server.uri(), small)) {
      source.keep(List.of(new ByteRange(8192, 8192)));
      source.expect(List.of(new ByteRange(8192, 8192)));
      read(source, 8192, 8192);
      readAll(source);
      long before = source.transferred().requests();
      assertThat(read(source, 8192, 8192)).isEqualTo(part(8192, 8192));
      assertThat(source.transferred().requests()).isEqualTo(before);
    }
  }

  @Test
  void cut_connections_are_gone_on_with_at_the_same_byte() throws IOException {
    server.answer(request -> server.honest(request).cutAfter(100_000));
    try (HttpSource source = open()) {
      readAll(source);
      assertThat(source.transferred().bytes()).isLessThan(SIZE + 40_000);
    }
  }

  @Test
  void server_that_always_cuts_at_once_is_given_up_with_its_name() throws IOException {
    try (HttpSource source = open()) {
      server.answer(request -> server.honest(request).cutAfter(0));
      assertThatThrownBy(() -> read(source, 0, 10_000))
          .isInstanceOf(TransferException.class)
          .hasMessageContainingAll(server.uri().toString(), "4 times in a row");
    }
    assertThat(timing.slept).hasSize(3);
  }

  @Test
  void stalled_connection_is_dropped_and_gone_on_with() throws IOException {
    Transfer impatient = transfer().withRetries(20, Duration.ofSeconds(1));
    AtomicInteger answers = new AtomicInteger();
    try (HttpSource source = open(server.uri(), impatient)) {
      server.answer(
          request -> {
            Reply honest = server.honest(request);
            return answers.incrementAndGet() == 1 ? honest.stallAfter(5000) : honest;
          });
      assertThat(read(source, 0, 100_000)).isEqualTo(part(0, 100_000));
    }
    assertThat(server.requests()).extracting(Request::range).contains("bytes=5000-99999");
  }

  @Test
  void deadline_ends_it_all() throws IOException {
    Transfer hasty = transfer().withDeadline(Optional.of(Duration.ofHours(1)));
    try (HttpSource source = open(server.uri(), hasty)) {
      timing.later = Duration.ofHours(2);
      assertThatThrownBy(() -> read(source, 0, 100_000))
          .isInstanceOf(TransferException.class)
          .hasMessageContaining("deadline of 3600 seconds");
    }
  }

  @Test
  void busy_server_is_asked_again_when_it_wants() throws IOException {
    server.answer(
        request ->
            request.number() <= 3
                ? Reply.status(request.number() == 2 ? 429 : 503).with("Retry-After", "7")
                : server.honest(request));
    try (HttpSource source = open()) {
      assertThat(source.size()).isEqualTo(SIZE);
    }
    assertThat(timing.slept).containsOnly(Duration.ofSeconds(7)).hasSize(3);
  }

  @Test
  void server_that_wants_to_be_asked_tomorrow_is_not_waited_for() {
    server.answer(request -> Reply.status(429).with("Retry-After", "86400"));
    assertThatThrownBy(this::open)
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("too long to wait");
  }

  @Test
  void final_refusals_say_what_to_do_and_are_not_repeated() {
    Map<Integer, String> words =
        Map.of(401, "NAME:PASSWORD", 403, "forbids", 404, "spelt", 410, "for good");
    words.forEach(
        (status, word) -> {
          server.answer(request -> Reply.status(status));
          assertThatThrownBy(this::open)
              .isInstanceOf(TransferException.class)
              .hasMessageContainingAll(word, status.toString(), server.uri().toString());
        });
    assertThat(server.requests()).hasSize(4);
    assertThat(timing.slept).isEmpty();
  }

  @Test
  void server_without_suffix_ranges_is_asked_for_the_beginning_first() throws IOException {
    for (int status : List.of(200, 400, 416, 501)) {
      server.answer(
          request ->
              !request.range().startsWith("bytes=-")
                  ? server.honest(request)
                  : status == 200 ? server.honest(request(request)) : Reply.status(status));
      try (HttpSource source = open()) {
        assertThat(source.size()).isEqualTo(SIZE);
        assertThat(read(source, SIZE - 32, 32)).isEqualTo(part(SIZE - 32, 32));
        assertThat(read(source, 0, 4096)).isEqualTo(part(0, 4096));
        assertThat(source.transferred().requests()).isEqualTo(3);
      }
    }
  }

  /** The same without the range. */
  private static Request request(Request of) {
    return new Request(of.number(), of.method(), of.target(), Map.of());
  }

  @Test
  void replaced_bundle_shows_whatever_the_server_answers() throws IOException {
    byte[] other = new byte[SIZE - 5000];
    List<TestServer.Handler> ways =
        List.of(
            server::honest,
            // Without regard to If-Range: the ETag tells.
            request -> server.part(4096, 8192),
            // Without an ETag: the size tells.
            request -> server.part(4096, 8192).without("ETag"),
            request -> Reply.status(416).with("Content-Range", "bytes */" + other.length));
    for (TestServer.Handler way : ways) {
      server.replace(content, "\"one\"");
      server.answer(server::honest);
      try (HttpSource source = open()) {
        server.replace(other, "\"two\"");
        server.answer(way);
        assertThatThrownBy(() -> read(source, 4096, 4096))
            .isInstanceOf(SourceChangedException.class)
            .hasMessageContainingAll("was replaced", "run the same command again");
        // What is here can still be read, all else fails the same way.
        assertThat(read(source, SIZE - 10, 10)).isEqualTo(part(SIZE - 10, 10));
        assertThatThrownBy(() -> read(source, 90_000, 1))
            .isInstanceOf(SourceChangedException.class);
      }
    }
  }

  @Test
  void another_time_of_change_shows_where_there_is_no_etag() throws IOException {
    server.answer(r -> server.honest(r).without("ETag").with("Last-Modified", "then"));
    try (HttpSource source = open()) {
      server.answer(r -> server.honest(r).without("ETag").with("Last-Modified", "now"));
      assertThatThrownBy(() -> read(source, 0, 10))
          .isInstanceOf(SourceChangedException.class)
          .hasMessageContaining("time of change");
    }
  }

  @Test
  void failure_while_fetching_ahead_reaches_the_reader() throws IOException {
    try (HttpSource source = open()) {
      server.answer(request -> Reply.status(404));
      source.expect(List.of(new ByteRange(0, SIZE)));
      assertThatThrownBy(() -> read(source, 2_000_000, 10))
          .isInstanceOf(TransferException.class)
          .hasMessageContaining("404");
    }
  }

  @Test
  void short_parts_are_gone_on_with() throws IOException {
    try (HttpSource source = open()) {
      server.answer(
          request -> {
            String[] range = request.range().substring("bytes=".length()).split("-", -1);
            int first = Integer.parseInt(range[0]);
            return server.part(first, Math.min(first + 30_000, Integer.parseInt(range[1]) + 1));
          });
      assertThat(read(source, 0, 100_000)).isEqualTo(part(0, 100_000));
    }
    assertThat(server.requests()).hasSize(5);
  }

  @Test
  void lies_about_ranges_are_refused() throws IOException {
    Map<String, TestServer.Handler> lies =
        Map.of(
            "sends bytes 1 to 4096",
            request -> server.part(1, 4097),
            "sends bytes 0 to 8191",
            request -> server.part(0, 8192),
            "which part it sends",
            request -> server.part(0, 4096).without("Content-Range"),
            "that a part of 4096 bytes is 5000 long",
            request -> server.part(0, 4096).with("Content-Length", "5000"),
            "refuses a part",
            request -> Reply.status(416));
    for (Map.Entry<String, TestServer.Handler> lie : lies.entrySet()) {
      server.answer(server::honest);
      try (HttpSource source = open()) {
        server.answer(lie.getValue());
        assertThatThrownBy(() -> read(source, 0, 4096))
            .isInstanceOf(TransferException.class)
            .hasMessageContaining(lie.getKey());
      }
    }
  }

  @Test
  void length_that_promises_more_than_comes_is_a_cut_connection() throws IOException {
    try (HttpSource source = open()) {
      AtomicInteger times = new AtomicInteger();
      server.answer(
          request ->
              times.incrementAndGet() == 1
                  ? server.honest(request).truncated(2000)
                  : server.honest(request));
      assertThat(read(source, 0, 9000)).isEqualTo(part(0, 9000));
    }
    assertThat(server.requests().get(2).range()).isEqualTo("bytes=2000-8999");
  }

  @Test
  void encoded_answer_is_refused() {
    server.answer(request -> server.honest(request).with("Content-Encoding", "gzip"));
    assertThatThrownBy(this::open)
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("encoded (gzip)");
  }

  @Test
  void redirects_are_followed_once_and_remembered() throws IOException {
    server.answer(
        request ->
            request.target().equals("/os.tiu")
                ? Reply.status(302).with("Location", "mirror/os.tiu")
                : server.honest(request));
    try (HttpSource source = open()) {
      read(source, 0, 10);
    }
    assertThat(server.requests())
        .extracting(Request::target)
        .containsExactly("/os.tiu", "/mirror/os.tiu", "/mirror/os.tiu");
  }

  @Test
  void expired_redirect_is_asked_for_anew() throws IOException {
    AtomicInteger redirects = new AtomicInteger();
    server.answer(
        request -> {
          if (request.target().equals("/os.tiu")) {
            return Reply.status(307).with("Location", "/signed/" + redirects.incrementAndGet());
          }
          boolean current = request.target().equals("/signed/" + redirects.get());
          return current && request.number() != 3 ? server.honest(request) : Reply.status(403);
        });
    try (HttpSource source = open()) {
      assertThat(read(source, 0, 10)).isEqualTo(part(0, 10));
    }
    assertThat(redirects).hasValue(2);
  }

  @Test
  void loop_of_redirects_is_given_up() {
    server.answer(request -> Reply.status(301).with("Location", "/again"));
    assertThatThrownBy(this::open)
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("redirects");
    assertThat(server.requests()).hasSize(11);
  }

  @Test
  void password_stays_with_its_server_and_out_of_messages() throws IOException {
    try (TestServer stranger = TestServer.serving(content)) {
      server.answer(request -> Reply.status(302).with("Location", stranger.uri() + "?token=t0p"));
      URI secret = URI.create(server.uri().toString().replace("//", "//user:s3cret@"));
      try (HttpSource source = open(secret, transfer())) {
        assertThat(source.name()).isEqualTo(server.uri().toString());
        read(source, 0, 10);
        stranger.answer(request -> Reply.status(404));
        server.answer(request -> Reply.status(404));
        assertThatThrownBy(() -> read(source, 5000, 10))
            .isInstanceOf(TransferException.class)
            .message()
            .doesNotContain("s3cret", "user", "t0p");
      }
      assertThat(server.requests())
          .allMatch(r -> r.header("authorization").equals(Optional.of("Basic dXNlcjpzM2NyZXQ=")));
      assertThat(stranger.requests())
          .isNotEmpty()
          .allMatch(r -> r.header("authorization").isEmpty());
    }
  }

  @Test
  void server_without_ranges_is_downloaded_whole_and_that_is_kept() throws IOException {
    server.answer(server::withoutRanges);
    try (HttpSource source = open()) {
      readAll(source);
      assertThat(source.transferred()).isEqualTo(new Transferred(1, SIZE));
    }
    assertThat(cached()).hasSize(1);
    try (HttpSource source = open()) {
      readAll(source);
      assertThat(source.transferred().requests()).isEqualTo(1);
      assertThat(source.transferred().bytes()).isZero();
      source.discardDownload();
    }
    assertThat(cached()).isEmpty();
  }

  @Test
  void cut_download_is_gone_on_with_by_the_next_run() throws IOException {
    server.answer(request -> server.withoutRanges(request).cutAfter(1_000_000));
    Transfer once = transfer().withRetries(0, Duration.ofSeconds(20));
    assertThatThrownBy(() -> open(server.uri(), once)).isInstanceOf(TransferException.class);
    assertThat(Files.size(cached().get(0))).isEqualTo(1_000_000);

    server.answer(
        request ->
            request.range().startsWith("bytes=1000000-")
                ? server.honest(request)
                : server.withoutRanges(request).cutAfter(900_000));
    try (HttpSource source = open()) {
      readAll(source);
    }
    assertThat(server.requests()).extracting(Request::range).endsWith("bytes=1000000-");
  }

  @Test
  void download_of_what_was_replaced_meanwhile_starts_over() throws IOException {
    server.answer(request -> server.withoutRanges(request).cutAfter(1_000_000));
    AtomicInteger count = new AtomicInteger();
    server.answer(
        request -> {
          if (count.incrementAndGet() == 2) {
            server.replace(new byte[SIZE], "\"two\"");
          }
          return server.withoutRanges(request).cutAfter(1_000_000);
        });
    assertThatThrownBy(this::open).isInstanceOf(SourceChangedException.class);
  }

  @Test
  void cut_download_of_a_version_that_was_replaced_is_removed_by_the_next_run() throws IOException {
    AtomicInteger count = new AtomicInteger();
    server.answer(
        request ->
            count.incrementAndGet() == 1
                ? server.withoutRanges(request).cutAfter(1_000_000)
                : Reply.status(404));
    assertThatThrownBy(this::open).isInstanceOf(TransferException.class);
    Path first = cached().get(0);

    server.replace(content, "\"two\"");
    server.answer(server::withoutRanges);
    try (HttpSource source = open()) {
      readAll(source);
      assertThat(cached()).hasSize(1).doesNotContain(first);
    }
  }

  @Test
  void limit_on_the_rate_makes_it_wait() throws IOException {
    Transfer slow = transfer().withRates(OptionalLong.of(100_000), 0);
    try (HttpSource source = open(server.uri(), slow)) {
      readAll(source);
    }
    Duration waited = timing.slept.stream().reduce(Duration.ZERO, Duration::plus);
    assertThat(waited).isGreaterThan(Duration.ofSeconds(20));
  }

  @Test
  void proxy_gets_the_request_and_its_password() throws IOException {
    try (TestServer proxy = TestServer.serving(content)) {
      proxy.answer(
          request ->
              request.header("proxy-authorization").isEmpty()
                  ? Reply.status(407).with("Proxy-Authenticate", "Basic realm=\"x\"")
                  : proxy.honest(request));
      WebAddress way = Proxies.proxy(proxy.uri("").toString().replace("//", "//user:s3cret@"));
      Transfer through = transfer().withRoute(Proxies.all(way), Optional.empty());
      try (HttpSource source = open(URI.create("http://example.invalid/os.tiu"), through)) {
        assertThat(source.size()).isEqualTo(SIZE);
      }
      assertThat(proxy.requests())
          .last()
          .returns("http://example.invalid/os.tiu", Request::target)
          .returns(Optional.of("Basic dXNlcjpzM2NyZXQ="), r -> r.header("proxy-authorization"));
    }
  }

  @Test
  void closing_ends_a_reader_that_waits() throws Exception {
    HttpSource source = open();
    server.answer(request -> server.honest(request).stallAfter(0));
    source.expect(List.of(new ByteRange(0, 100_000)));
    ExecutorService readers = Executors.newFixedThreadPool(2);
    Future<byte[]> ofExpected = readers.submit(() -> read(source, 50_000, 10));
    Future<byte[]> ofOther = readers.submit(() -> read(source, 2_000_000, 10));
    while (server.requests().size() < 3) {
      Thread.sleep(1);
    }
    source.close();
    // Long before the 20 seconds that they would wait for the server.
    assertThatThrownBy(() -> ofExpected.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(IOException.class);
    assertThatThrownBy(() -> ofOther.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(IOException.class);
    readers.shutdown();
  }

  @Test
  void link_in_the_cache_is_not_followed() throws IOException {
    server.answer(server::withoutRanges);
    open().close();
    Path download = cached().get(0);
    assertThat(Files.getPosixFilePermissions(download))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    Path precious = cache.resolve("precious");
    Files.writeString(precious, "precious");
    Files.delete(download);
    Files.createSymbolicLink(download, precious);

    assertThatThrownBy(this::open).hasMessageContaining("is a link");
    assertThat(precious).hasContent("precious");
  }

  @Test
  void document_is_one_request_and_leaves_nothing_on_the_disk() throws IOException {
    server.answer(server::withoutRanges);
    Document document = document(SIZE + 1);
    assertThat(document.content()).isEqualTo(content);
    assertThat(document.cost()).isEqualTo(new Transferred(1, SIZE));
    assertThat(cached()).isEmpty();
  }

  @Test
  void no_more_of_a_document_is_taken_than_was_asked_for() throws IOException {
    assertThat(document(1000).content()).isEqualTo(part(0, 1000));
    server.answer(request -> server.withoutRanges(request).without("Content-Length"));
    assertThat(document(1000).content()).isEqualTo(part(0, 1000));
  }

  @Test
  void document_is_tried_again_when_it_was_cut_or_the_server_was_busy() throws IOException {
    AtomicInteger tries = new AtomicInteger();
    server.answer(
        request ->
            switch (tries.incrementAndGet()) {
              case 1 -> Reply.status(503);
              case 2 -> server.withoutRanges(request).cutAfter(100_000);
              default -> server.withoutRanges(request);
            });
    assertThat(document(SIZE).content()).isEqualTo(content);
    assertThat(timing.slept).hasSize(2);
  }

  @Test
  void missing_document_is_told_from_a_refused_one() {
    server.answer(request -> Reply.status(404));
    assertThatThrownBy(() -> document(SIZE))
        .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.isNotThere()).isTrue());
    server.answer(request -> Reply.status(403));
    assertThatThrownBy(() -> document(SIZE))
        .isInstanceOfSatisfying(TransferException.class, e -> assertThat(e.isNotThere()).isFalse());
  }

  private Document document(int most) throws IOException {
    return Document.fetch(WebAddress.of(server.uri()), transfer(), most, timing);
  }

  private List<Path> cached() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.toList();
    }
  }

  /** Sleeps by noting it; the clock is the machine's. */
  private static final class FakeTiming implements Timing {
    private volatile Duration later = Duration.ZERO;
    private final List<Duration> slept = new CopyOnWriteArrayList<>();

    @Override
    public long nanos() {
      return SYSTEM.nanos() + later.toNanos();
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public void sleep(Duration duration) {
      slept.add(duration);
    }

    @Override
    public double chance() {
      return 0.5;
    }
  }
}
