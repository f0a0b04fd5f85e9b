package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.bundle.http.testing.Reply;
import dev.tiu.bundle.http.testing.TestServer;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on bundles that a web server has, a good one and bad ones. */
class RemoteBundleIT {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  @TempDir private static Path directory;
  @TempDir private Path cache;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  private TestServer server;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
  }

  @BeforeEach
  void serve() throws IOException {
    server = TestServer.serving(Files.readAllBytes(samples.v2()));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Tiu.Outcome run(String command, Object... more) {
    List<Object> all = new ArrayList<>();
    Collections.addAll(all, command, "--keyring", samples.keyring(), "--cache-dir", cache);
    all.addAll(Arrays.asList(more));
    return TIU.run(all.toArray());
  }

  @Test
  void looking_at_a_remote_bundle_shows_what_the_local_one_shows() {
    for (List<String> command :
        List.of(List.of("info", "--json"), List.of("info"), List.of("ls", "-lR"), List.of("ls"))) {
      Object[] options = command.subList(1, command.size()).toArray();
      Object[] remote = Arrays.copyOf(options, options.length + 1);
      Object[] local = Arrays.copyOf(options, options.length + 1);
      remote[options.length] = server.uri();
      local[options.length] = samples.v2();
      assertThat(run(command.get(0), remote).orFail().out())
          .isEqualTo(run(command.get(0), local).orFail().out());
    }
    assertThat(run("cat", server.uri(), "usr/lib/big").orFail().bytes())
        .isEqualTo(run("cat", samples.v2(), "usr/lib/big").orFail().bytes());
  }

  @Test
  void info_takes_at_most_three_requests_and_a_listing_five() {
    run("info", server.uri()).orFail();
    assertThat(server.requests()).hasSizeLessThanOrEqualTo(3);

    int before = server.requests().size();
    run("ls", server.uri()).orFail();
    assertThat(server.requests().size() - before).isLessThanOrEqualTo(5);
  }

  @Test
  void difference_of_remote_bundles_reads_no_file_data() throws IOException {
    try (TestServer old = TestServer.serving(Files.readAllBytes(samples.v1()))) {
      assertThat(run("diff", old.uri(), server.uri()).orFail().out())
          .isEqualTo(run("diff", samples.v1(), samples.v2()).orFail().out());
    }
    assertThat(fetched()).isLessThan(100_000);
    assertThat(server.requests()).hasSizeLessThanOrEqualTo(5);
  }

  /** Bytes of the ranges that were asked for. */
  private long fetched() {
    return server.requests().stream()
        .map(request -> RANGE.matcher(request.range()))
        .filter(Matcher::matches)
        .mapToLong(m -> Long.parseLong(m.group(2)) - Long.parseLong(m.group(1)) + 1)
        .sum();
  }

  @Test
  void remote_bundle_is_verified_and_extracted_whole(@TempDir Path work) throws IOException {
    assertThat(run("verify", server.uri()).orFail().out()).contains("is whole");
    try (var left = Files.list(cache)) {
      assertThat(left).isEmpty();
    }
    run("extract", server.uri(), work.resolve("remote")).orFail();
    assertThat(TreeComparison.differences(samples.tree("v2"), work.resolve("remote"))).isEmpty();
  }

  @Test
  void update_fetches_only_what_changed_and_nothing_twice() throws IOException {
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      Path top = disk.mountPoint();
      run("install", "--sysroot", top, samples.v1()).orFail();

      Tiu.Outcome outcome = run("update", "--sysroot", top, server.uri()).orFail();

      assertThat(outcome.out()).containsPattern("Downloaded .* in [0-9]+ requests");
      assertThat(outcome.err()).doesNotContain("channel");
      // Of 10 MB of files, 3 MiB that can't be compressed have changed.
      assertThat(fetched()).isBetween(3_100_000L, 3_600_000L);
      assertDisjoint();
    }
  }

  private void assertDisjoint() {
    List<long[]> ranges =
        server.requests().stream()
            .map(request -> RANGE.matcher(request.range()))
            .filter(Matcher::matches)
            .map(m -> new long[] {Long.parseLong(m.group(1)), Long.parseLong(m.group(2))})
            .sorted((a, b) -> Long.compare(a[0], b[0]))
            .toList();
    for (int i = 1; i < ranges.size(); i++) {
      assertThat(ranges.get(i)[0]).isGreaterThan(ranges.get(i - 1)[1]);
    }
  }

  @Test
  void update_over_a_connection_that_keeps_breaking_ends_well() throws IOException {
    server.answer(request -> server.honest(request).cutAfter(200_000));
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      run("install", "--sysroot", disk.mountPoint(), samples.v1()).orFail();
      run("update", "--sysroot", disk.mountPoint(), server.uri()).orFail();
    }
  }

  @Test
  void update_starts_over_with_a_bundle_that_replaced_the_first() throws IOException {
    byte[] third = Files.readAllBytes(samples.pack("v2", "3"));
    AtomicInteger count = new AtomicInteger();
    server.answer(
        request -> {
          if (count.incrementAndGet() == 7) {
            server.replace(third, "\"three\"");
          }
          return server.honest(request);
        });
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      run("install", "--sysroot", disk.mountPoint(), samples.v1()).orFail();
      Tiu.Outcome outcome = run("update", "--sysroot", disk.mountPoint(), server.uri()).orFail();
      assertThat(outcome.err()).contains("starting over with the new one");
      assertThat(outcome.out()).contains("version 3, is the default");
      assertThat(TIU.run("list", "--sysroot", disk.mountPoint()).orFail().out())
          .doesNotContain("building");
    }
  }

  @Test
  void update_from_a_server_that_stops_giving_leaves_the_device_alone() throws IOException {
    AtomicInteger count = new AtomicInteger();
    server.answer(
        request -> count.incrementAndGet() > 6 ? Reply.status(404) : server.honest(request));
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      run("install", "--sysroot", disk.mountPoint(), samples.v1()).orFail();
      Tiu.Outcome outcome = run("update", "--sysroot", disk.mountPoint(), server.uri());
      assertThat(outcome.code()).isEqualTo(ExitCode.NETWORK);
      assertThat(outcome.err()).contains("404");
    }
  }

  @Test
  void update_from_a_server_without_ranges_downloads_the_whole() throws IOException {
    server.answer(server::withoutRanges);
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      run("install", "--sysroot", disk.mountPoint(), samples.v1()).orFail();
      run("update", "--sysroot", disk.mountPoint(), server.uri()).orFail();
    }
    assertThat(server.requests()).filteredOn(r -> r.target().endsWith("/os.tiu")).hasSize(1);
  }

  @Test
  void damage_on_the_server_is_damage() throws IOException {
    byte[] damaged = Files.readAllBytes(samples.v2());
    damaged[1_000_000] ^= 1;
    server.replace(damaged, "\"damaged\"");
    Tiu.Outcome outcome = run("verify", server.uri());
    assertThat(outcome.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(outcome.err()).contains(server.uri().toString());
  }
}
