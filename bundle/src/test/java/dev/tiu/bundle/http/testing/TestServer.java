package dev.tiu.bundle.http.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves one file at every path, on a port of its own, by HTTP/1.1 with ranges and an ETag, or as a
 * test's {@link Handler} wants it.
 */
public final class TestServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

  private final ServerSocket socket;
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger number = new AtomicInteger();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile byte[] content;
  private volatile String tag = "\"one\"";
  private volatile Handler handler = this::honest;

  /** Answers requests; from several threads. */
  @FunctionalInterface
  public interface Handler {
    Reply answer(Request request) throws IOException;
  }

  private TestServer(ServerSocket socket, byte[] content) {
    this.socket = socket;
    this.content = content;
  }

  /** Starts one. */
  public static TestServer serving(byte[] content) throws IOException {
    ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    TestServer server = new TestServer(socket, content);
    start(server::accept);
    return server;
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "test-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where the file is. */
  public URI uri() {
    return uri("/os.tiu");
  }

  /** Another address of this server. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
  }

  /** From now on requests are answered so. */
  public void answer(Handler how) {
    handler = how;
  }

  /** From now on another file is there, with another ETag. */
  public void replace(byte[] other, String otherTag) {
    content = other;
    tag = otherTag;
  }

  /** All requests until now, in their order. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** What a good server answers. */
  public Reply honest(Request request) {
    if (isForChannel(request)) {
      return Reply.status(404);
    }
    byte[] all = content;
    Matcher range = RANGE.matcher(request.range());
    boolean same = request.header("if-range").map(tag::equals).orElse(true);
    if (!range.matches() || !same) {
      return described(Reply.of(200, all));
    }
    int first;
    int end = all.length;
    if (range.group(1).isEmpty()) {
      first = Math.max(0, all.length - Integer.parseInt(range.group(2)));
    } else {
      first = Integer.parseInt(range.group(1));
      if (!range.group(2).isEmpty()) {
        end = Math.min(end, Integer.parseInt(range.group(2)) + 1);
      }
    }
    return first >= end
        ? described(Reply.status(416)).with("Content-Range", "bytes */" + all.length)
        : part(first, end);
  }

  /** An answer with these bytes of the file. */
  public Reply part(int first, int end) {
    byte[] all = content;
    return described(Reply.of(206, Arrays.copyOfRange(all, first, end)))
        .with("Content-Range", "bytes " + first + "-" + (end - 1) + "/" + all.length);
  }

  /** What a server answers that knows no ranges. */
  public Reply withoutRanges(Request request) {
    return isForChannel(request)
        ? Reply.status(404)
        : described(Reply.of(200, content)).without("Accept-Ranges");
  }

  /** There is one file, and a directory without a channel. */
  private static boolean isForChannel(Request request) {
    return request.target().endsWith("/channel.json");
  }

  private Reply described(Reply reply) {
    return reply.with("ETag", tag).with("Accept-Ranges", "bytes");
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = socket.accept();
        connections.add(connection);
        start(() -> serve(connection));
      }
    } catch (IOException e) {
      // Closed: the test is over.
      return;
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(connection.getInputStream());
      while (true) {
        String head = head(in);
        if (head.isEmpty()) {
          return;
        }
        Request request = parse(head);
        requests.add(request);
        if (!send(handler.answer(request), connection.getOutputStream())) {
          return;
        }
      }
    } catch (IOException e) {
      // The client has gone; whether it should have is the test's to say.
      return;
    } finally {
      connections.remove(connection);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return "";
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private Request parse(String head) {
    String[] lines = head.split("\r\n", -1);
    String[] first = lines[0].split(" ", -1);
    Map<String, String> headers = new HashMap<>();
    for (String line : Arrays.copyOfRange(lines, 1, lines.length)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return new Request(number.incrementAndGet(), first[0], first[1], headers);
  }

  /** Gives whether the connection may be used again. */
  private boolean send(Reply reply, OutputStream out) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " x\r\n");
    reply.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    out.write((head + "\r\n").getBytes(ISO_8859_1));
    int length = reply.content().length;
    int sent = Math.min(length, Math.min(reply.cutAfter(), reply.stallAfter()));
    out.write(reply.content(), 0, sent);
    out.flush();
    if (sent == reply.stallAfter() && sent < length) {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    String said = reply.headers().getOrDefault("Content-Length", "");
    return sent == length && said.equals("" + length);
  }

  @Override
  public void close() throws IOException {
    over.countDown();
    socket.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
