package dev.tiu.e2e.machine;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
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

/** nginx, which serves a directory on this machine's loopback address; it ends with the test. */
public final class WebServer implements AutoCloseable {
  private static final Duration LONGEST_RUN = Duration.ofHours(6);
  private static final String CONFIGURATION =
      """
      daemon off;
      master_process off;
      pid DIR/nginx.pid;
      error_log DIR/error.log;
      events {}
      http {
        log_format requests '$request $status $body_bytes_sent';
        access_log DIR/requests.log requests;
        client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3;
        uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
        server { listen 127.0.0.1:PORT; root ROOT; }
      }
      """;

  private final Path directory;
  private final int port;
  private final Thread thread;

  private WebServer(Path directory, int port, Thread thread) {
    this.directory = directory;
    this.port = port;
    this.thread = thread;
  }

  /**
   * Starts one.
   *
   * @param directory for its own files
   */
  public static WebServer start(Path directory, Path root) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path file = Files.createDirectories(directory).resolve("nginx.conf");
    Files.writeString(
        file,
        CONFIGURATION
            .replace("DIR", "" + directory)
            .replace("PORT", "" + port)
            .replace("ROOT", "" + root));
    Command nginx =
        Command.of(List.of("nginx", "-c", "" + file, "-e", "" + directory.resolve("error.log")))
            .environment(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
            .timeLimit(LONGEST_RUN);
    Thread thread = new Thread(() -> run(nginx), "nginx in " + directory);
    thread.setDaemon(true);
    thread.start();
    WebServer server = new WebServer(directory, port, thread);
    server.awaitPort();
    return server;
  }

  private static void run(Command nginx) {
    try {
      Command.Result unused = nginx.run();
    } catch (CommandException e) {
      // Ended by the test; or its log, which a failure shows, has why.
    }
  }

  private void awaitPort() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    for (int i = 0; i < 300 && thread.isAlive(); i++) {
      try (Socket socket = new Socket()) {
        socket.connect(address, 1000);
        return;
      } catch (IOException e) {
        Deadline.pause(100, "as a web server starts");
      }
    }
    close();
    throw new MachineException(
        "nginx doesn't listen: " + Files.readString(directory.resolve("error.log")));
  }

  /** The directory's address in guests. */
  public String address() {
    return "http://%s:%d/".formatted(MachineSpec.HOST, port);
  }

  /** What was asked for, and what was answered: {@code GET /v2.tiu HTTP/1.1 206 4096}. */
  public List<String> requests() throws IOException {
    return Files.readAllLines(directory.resolve("requests.log"));
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
