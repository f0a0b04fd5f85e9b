package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that isn't ours: nginx, by http, and by https with HTTP/2 and a password. */
class NginxIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;
  private static int http;
  private static int https;

  private static final String KEYS =
      """
      set -eu
      openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority \
        -keyout ca.key -out ca.pem
      openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout server.key -out server.csr
      echo 'subjectAltName=IP:127.0.0.1' > names
      openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
        -extfile names -out server.pem
      printf 'kiosk:%s\\n' "$(openssl passwd -apr1 s3cret)" > passwords
      """;

  private static final String CONFIGURATION =
      """
      pid DIR/nginx.pid;
      error_log DIR/error.log;
      worker_processes 1;
      user root;
      events {}
      http {
        access_log off;
        client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3;
        uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
        log_format requests '$server_protocol $status $http_range';
        root DIR;
        server { listen 127.0.0.1:HTTP; access_log DIR/http.log requests; }
        server {
          listen 127.0.0.1:HTTPS2 ssl http2;
          ssl_certificate DIR/server.pem;
          ssl_certificate_key DIR/server.key;
          auth_basic devices;
          auth_basic_user_file DIR/passwords;
          access_log DIR/https.log requests;
        }
      }
      """;

  @BeforeAll
  static void start() throws Exception {
    samples = SampleSystems.make(directory, TIU);
    http = freePort();
    https = freePort();
    Command.of("bash", "-euc", KEYS).directory(directory).run();
    Files.writeString(
        directory.resolve("nginx.conf"),
        CONFIGURATION
            .replace("DIR", directory.toString())
            .replace("HTTPS2", "" + https)
            .replace("HTTP;", http + ";"));
    Command.of("nginx", "-c", directory.resolve("nginx.conf").toString())
        .environment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
        .timeLimit(Duration.ofSeconds(30))
        .run();
    awaitPort(http);
    awaitPort(https);
  }

  @AfterAll
  static void stop() throws Exception {
    Path file = directory.resolve("nginx.pid");
    if (Files.exists(file)) {
      long pid = Long.parseLong(Files.readString(file).strip());
      Command.of("kill", "-TERM", "" + pid).run();
      ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) throws Exception {
    for (int i = 0; i < 100; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IOException(
        "nginx doesn't listen: " + Files.readString(directory.resolve("error.log")));
  }

  private Tiu.Outcome run(String command, Object... more) {
    Object[] all = new Object[more.length + 5];
    System.arraycopy(
        new Object[] {
          command, "--keyring", samples.keyring(), "--ca-file", directory.resolve("ca.pem")
        },
        0,
        all,
        0,
        5);
    System.arraycopy(more, 0, all, 5, more.length);
    return TIU.run(all);
  }

  private static String address(String credentials) {
    return "https://" + credentials + "127.0.0.1:" + https + "/v2-2.tiu";
  }

  @Test
  void parts_come_by_http() throws IOException {
    String address = "http://127.0.0.1:" + http + "/v2-2.tiu";
    assertThat(run("cat", address, "usr/lib/big").orFail().bytes())
        .isEqualTo(Files.readAllBytes(samples.tree("v2").resolve("usr/lib/big")));
    List<String> log = Files.readAllLines(directory.resolve("http.log"));
    assertThat(log).isNotEmpty().allMatch(line -> line.startsWith("HTTP/1.1 206 bytes="));
  }

  @Test
  void parts_come_by_https_and_http_2_with_a_password() throws IOException {
    assertThat(run("cat", address("kiosk:s3cret@"), "usr/lib/big").orFail().bytes())
        .isEqualTo(Files.readAllBytes(samples.tree("v2").resolve("usr/lib/big")));
    List<String> log = Files.readAllLines(directory.resolve("https.log"));
    assertThat(log).anyMatch(line -> line.startsWith("HTTP/2.0 206 bytes="));
  }

  @Test
  void update_comes_by_the_delta_of_a_published_directory() throws IOException {
    Path published = Files.createDirectory(directory.resolve("published"));
    samples.changeALittle("v2");
    Files.copy(samples.v1(), published.resolve("os-1.tiu"));
    Files.copy(samples.v2(), published.resolve("os-2.tiu"));
    Path keys = directory.resolve("keys");
    TIU.run(
            "publish",
            published,
            "--keyring",
            samples.keyring(),
            "--key",
            keys.resolve("signer.key.pem"),
            "--cert",
            keys.resolve("signer.crt.pem"))
        .orFail();
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      Path top = disk.mountPoint();
      TIU.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()).orFail();

      Tiu.Outcome outcome =
          run("update", "--sysroot", top, "https://kiosk:s3cret@127.0.0.1:" + https + "/published/")
              .orFail();

      assertThat(outcome.out()).contains("(delta from 1)").doesNotContain("s3cret");
      assertThat(outcome.err()).isEmpty();
      Path snapshot = top.resolve("@/.snapshots/2/snapshot");
      assertThat(TreeComparison.differences(samples.tree("v2"), snapshot, "/etc")).isEmpty();
    }
    assertThat(Files.readAllLines(directory.resolve("https.log")))
        .anyMatch(line -> line.equals("HTTP/2.0 200 -"));
  }

  @Test
  void all_comes_by_https(@TempDir Path cache) {
    run("verify", "--cache-dir", cache, address("kiosk:s3cret@")).orFail();
  }

  @Test
  void wrong_password_is_refused_and_shown_nowhere() {
    Tiu.Outcome outcome = run("info", address("kiosk:wr0ng@"));
    assertThat(outcome.code()).isEqualTo(ExitCode.NETWORK);
    assertThat(outcome.err()).contains("401").doesNotContain("wr0ng");
  }

  @Test
  void server_of_an_unknown_authority_is_refused() {
    Tiu.Outcome outcome = TIU.run("info", "--keyring", samples.keyring(), address("kiosk:s3cret@"));
    assertThat(outcome.code()).isEqualTo(ExitCode.NETWORK);
    assertThat(outcome.err()).contains("--ca-file");
  }
}
