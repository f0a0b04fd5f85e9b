package dev.tiu;

import dev.tiu.bundle.http.testing.Reply;
import dev.tiu.bundle.http.testing.Request;
import dev.tiu.bundle.http.testing.TestServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves the files of a directory on a loopback port, with ranges and ETags. */
final class WebDirectory implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

  private final Path directory;
  private final TestServer server;

  private WebDirectory(Path directory, TestServer server) {
    this.directory = directory;
    this.server = server;
  }

  static WebDirectory serving(Path directory) throws IOException {
    WebDirectory web = new WebDirectory(directory, TestServer.serving(new byte[0]));
    web.server.answer(web::answer);
    return web;
  }

  /** The address of a file, or of the directory. */
  String url(String file) {
    return server.uri("/" + file).toString();
  }

  /** From now on requests are answered so. */
  void answer(TestServer.Handler handler) {
    server.answer(handler);
  }

  long requestsFor(String file) {
    return server.requests().stream().filter(r -> r.target().equals("/" + file)).count();
  }

  /** What a good server answers. */
  Reply answer(Request request) throws IOException {
    String name = URLDecoder.decode(request.target().substring(1), StandardCharsets.UTF_8);
    Path file = directory.resolve(name);
    if (name.isEmpty() || !Files.isRegularFile(file)) {
      return Reply.status(404);
    }
    byte[] all = Files.readAllBytes(file);
    String tag = "\"%s-%d\"".formatted(Files.getLastModifiedTime(file).toMillis(), all.length);
    Matcher range = RANGE.matcher(request.range());
    boolean same = request.header("if-range").map(tag::equals).orElse(true);
    Reply reply = range.matches() && same ? part(all, range) : Reply.of(200, all);
    return reply.with("ETag", tag).with("Accept-Ranges", "bytes");
  }

  private static Reply part(byte[] all, Matcher range) {
    boolean suffix = range.group(1).isEmpty();
    int first =
        suffix
            ? Math.max(0, all.length - Integer.parseInt(range.group(2)))
            : Integer.parseInt(range.group(1));
    int end =
        suffix || range.group(2).isEmpty()
            ? all.length
            : Math.min(all.length, Integer.parseInt(range.group(2)) + 1);
    return first >= end
        ? Reply.status(416).with("Content-Range", "bytes */" + all.length)
        : Reply.of(206, Arrays.copyOfRange(all, first, end))
            .with("Content-Range", "bytes %d-%d/%d".formatted(first, end - 1, all.length));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
