package dev.tiu.health.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tiu.linux.Glob;
import dev.tiu.linux.MountEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProbesTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @TempDir Path root;

  /** What systemd says. */
  private record Told(Map<String, UnitState> states, List<String> failures, List<String> moving)
      implements Units {
    @Override
    public UnitState state(String unit) {
      return states.getOrDefault(unit, UnitState.of(""));
    }

    @Override
    public NavigableSet<String> failed() {
      return new TreeSet<>(failures);
    }

    @Override
    public NavigableSet<String> inMotion() {
      return new TreeSet<>(moving);
    }
  }

  private void file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content + "\n");
  }

  private static Finding unit(String lines) {
    return new UnitProbe(
            new Told(Map.of("a.service", UnitState.of(lines)), List.of(), List.of()), "a.service")
        .look(LIMIT);
  }

  @Test
  void unit_is_good_when_it_is_active_or_has_done_its_work() {
    assertThat(unit("LoadState=loaded\nActiveState=active\nSubState=running"))
        .isEqualTo(Finding.good("a.service is active (running)"));
    assertThat(
            unit("LoadState=loaded\nActiveState=inactive\nSubState=dead\nType=oneshot\n"
                    + "Result=success\nExecMainStartTimestampMonotonic=4711")
                .isGood())
        .isTrue();
  }

  @Test
  void unit_is_bad_when_it_failed_never_ran_or_is_not_there() {
    assertThat(unit("LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code"))
        .isEqualTo(Finding.bad("a.service is failed (exit-code)"));
    assertThat(
            unit("LoadState=loaded\nActiveState=inactive\nSubState=dead\nType=oneshot\n"
                    + "Result=success\nExecMainStartTimestampMonotonic=0")
                .isGood())
        .isFalse();
    assertThat(unit("LoadState=not-found\nActiveState=inactive").detail())
        .isEqualTo("a.service doesn't exist");
    assertThat(unit("LoadState=masked\nActiveState=inactive").detail())
        .isEqualTo("a.service is masked");
    assertThat(unit("").isGood()).isFalse();
  }

  @Test
  void failed_units_count_but_for_exceptions() {
    Told told = new Told(Map.of(), List.of("a.service", "noisy-1.service"), List.of());
    List<Glob> except = List.of(Glob.ofName("noisy-*.service"));
    assertThat(new FailedUnitsProbe(told, except).look(LIMIT))
        .isEqualTo(Finding.bad("failed: a.service", false));
    assertThat(
            new FailedUnitsProbe(new Told(Map.of(), List.of("noisy-1.service"), List.of()), except)
                .look(LIMIT)
                .isGood())
        .isTrue();
  }

  @Test
  void what_is_on_its_way_may_mend_a_failed_unit() {
    Told told = new Told(Map.of(), List.of("a.service"), List.of("a-again.service"));
    assertThat(new FailedUnitsProbe(told, List.of()).look(LIMIT))
        .isEqualTo(Finding.bad("failed: a.service", true));
  }

  @Test
  void units_on_their_way_may_still_fail() {
    Told told = new Told(Map.of(), List.of(), List.of("slow.service"));
    assertThat(new FailedUnitsProbe(told, List.of()).look(LIMIT))
        .isEqualTo(Finding.bad("still on their way: slow.service"));
  }

  @Test
  void systemctl_is_read_as_it_prints() {
    assertThat(
            Systemctl.states(
                List.of("a.service", "b.service"),
                "LoadState=loaded\nActiveState=active\n\nLoadState=not-found\nActiveState=inactive"))
        .hasSize(2)
        .hasEntrySatisfying("b.service", s -> assertThat(s.load()).isEqualTo("not-found"));
    assertThat(Systemctl.firstWords("a.service loaded failed failed A thing\n  b.mount loaded\n\n"))
        .containsExactly("a.service", "b.mount");
    assertThat(
            Systemctl.running(
                "12 a.service start running\n13 b.target start waiting\nNo jobs running."))
        .containsExactly("a.service");
  }

  @Test
  void mount_is_the_topmost_at_its_place() throws Exception {
    MountProbe.Table table =
        () -> List.of(mount("/", "btrfs"), mount("/data", "autofs"), mount("/data", "ext4"));
    assertThat(mountAt(table, "/data", Optional.of("ext4")))
        .isEqualTo(Finding.good("/data is mounted (ext4)"));
    assertThat(mountAt(table, "/data", Optional.of("xfs")).detail())
        .isEqualTo("/data is ext4, not xfs");
    assertThat(mountAt(table, "/data/x", Optional.empty()).detail())
        .isEqualTo("nothing is mounted at /data/x");
  }

  private static Finding mountAt(MountProbe.Table table, String path, Optional<String> type)
      throws Exception {
    return new MountProbe(table, Path.of(path), type, MountProbe.Writing.NOT_NEEDED).look(LIMIT);
  }

  private static MountEntry mount(String place, String type) {
    return new MountEntry(1, 0, 1, "/", place, type, "none", Map.of());
  }

  @Test
  void room_on_a_disk_is_measured_in_bytes_and_in_percent() throws Exception {
    assertThat(new DiskFreeProbe(root, 1, 0).look(LIMIT).isGood()).isTrue();
    assertThat(new DiskFreeProbe(root, Long.MAX_VALUE, 0).look(LIMIT).isGood()).isFalse();
    assertThat(new DiskFreeProbe(root, 0, 100).look(LIMIT).isGood()).isFalse();
    assertThat(new DiskFreeProbe(root.resolve("none"), 1, 0).look(LIMIT).isGood()).isFalse();
  }

  @Test
  void server_that_answers_is_good() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "all is well".getBytes(java.nio.charset.StandardCharsets.UTF_8);
          boolean broken = exchange.getRequestURI().getPath().equals("/broken");
          exchange.sendResponseHeaders(broken ? 500 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String at = "http://127.0.0.1:" + server.getAddress().getPort();
      assertThat(http(at + "/", Optional.empty(), Optional.of("is well")).isGood()).isTrue();
      assertThat(http(at + "/", Optional.empty(), Optional.of("ill")).isGood()).isFalse();
      assertThat(http(at + "/broken", Optional.empty(), Optional.empty()).detail())
          .endsWith("answers 500");
      assertThat(http(at + "/broken", Optional.of(500), Optional.empty()).isGood()).isTrue();
    } finally {
      server.stop(0);
    }
  }

  private static Finding http(String url, Optional<Integer> status, Optional<String> contains)
      throws InterruptedException {
    return new HttpProbe(URI.create(url), status, contains).look(LIMIT);
  }

  @Test
  void server_that_takes_a_connection_and_says_nothing_is_bad_in_time() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = silent.getLocalPort();
      assertThat(new TcpProbe("127.0.0.1", port).look(LIMIT).isGood()).isTrue();
      URI address = URI.create("http://127.0.0.1:" + port + "/");
      assertThat(
              new HttpProbe(address, Optional.empty(), Optional.empty())
                  .look(Duration.ofMillis(50))
                  .isGood())
          .isFalse();
    }
  }

  @Test
  void detail_is_one_line() {
    assertThat(Finding.bad("it failed\n  command: x\n  because\n").detail())
        .isEqualTo("it failed; command: x; because");
  }

  @Test
  void nobody_listens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(new TcpProbe("127.0.0.1", port).look(LIMIT).isGood()).isFalse();
  }

  @Test
  void gateway_is_the_router_of_a_default_route() throws Exception {
    assertThat(new GatewayProbe(root).look(LIMIT).detail())
        .isEqualTo("there is no route out of the network");
    file(
        "proc/net/route",
        """
        Iface Destination Gateway  Flags RefCnt Use Metric Mask MTU Window IRTT
        eth0 0000A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0
        lo 00000000 0100007F 0003 0 0 0 00000000 0 0 0
        """);
    assertThat(new GatewayProbe(root).look(LIMIT))
        .isEqualTo(Finding.good("gateway 127.0.0.1 answers"));
  }

  @Test
  void process_is_found_by_its_name_or_its_program() throws Exception {
    file("proc/17/comm", "a-program-with-");
    Files.createSymbolicLink(root.resolve("proc/17/exe"), Path.of("/usr/bin/app"));
    file("proc/self/comm", "self");
    assertThat(new ProcessProbe(root, "a-program-with-a-long-name").look(LIMIT).isGood()).isTrue();
    assertThat(new ProcessProbe(root, "/usr/bin/app").look(LIMIT).isGood()).isTrue();
    assertThat(new ProcessProbe(root, "/usr/bin/other").look(LIMIT).isGood()).isFalse();
    assertThat(new ProcessProbe(root, "self").look(LIMIT).detail()).isEqualTo("self doesn't run");
  }

  @Test
  void power_from_outside_or_a_full_battery_will_do() throws Exception {
    assertThat(new PowerProbe(root, 20).look(LIMIT).detail()).isEqualTo("no battery");
    file("sys/class/power_supply/BAT0/type", "Battery");
    file("sys/class/power_supply/BAT0/capacity", "15");
    file("sys/class/power_supply/mouse/type", "Battery");
    file("sys/class/power_supply/mouse/scope", "Device");
    file("sys/class/power_supply/mouse/capacity", "100");
    assertThat(new PowerProbe(root, 20).look(LIMIT)).isEqualTo(Finding.bad("on battery, 15 %"));
    assertThat(new PowerProbe(root, 10).look(LIMIT).isGood()).isTrue();
    file("sys/class/power_supply/AC/type", "Mains");
    file("sys/class/power_supply/AC/online", "1");
    assertThat(new PowerProbe(root, 20).look(LIMIT).detail()).isEqualTo("power from outside");
  }

  @Test
  void hottest_zone_counts() throws Exception {
    assertThat(new TemperatureProbe(root, 80, Optional.empty()).look(LIMIT).isGood()).isTrue();
    file("sys/class/thermal/thermal_zone0/type", "cpu-thermal");
    file("sys/class/thermal/thermal_zone0/temp", "45277");
    file("sys/class/thermal/thermal_zone1/type", "gpu");
    file("sys/class/thermal/thermal_zone1/temp", "85000");
    assertThat(new TemperatureProbe(root, 80, Optional.empty()).look(LIMIT))
        .isEqualTo(Finding.bad("gpu has 85.0 °C"));
    assertThat(new TemperatureProbe(root, 80, Optional.of("cpu-thermal")).look(LIMIT))
        .isEqualTo(Finding.good("cpu-thermal has 45.3 °C"));
    assertThat(new TemperatureProbe(root, 80, Optional.of("none")).look(LIMIT).isGood()).isFalse();
  }
}
