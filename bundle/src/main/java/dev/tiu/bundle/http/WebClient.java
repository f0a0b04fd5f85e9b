package dev.tiu.bundle.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Sends requests for one address: follows redirects, keeps its password to its own host, and sorts
 * answers into those that can be used, those worth another try, and those that are final.
 */
final class WebClient {
  private static final int MOST_REDIRECTS = 10;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> BUSY = Set.of(408, 425, 429);

  private final WebAddress address;
  private final HttpClient client;
  private final Transfer transfer;
  private final Timing timing;
  private final Meter meter;
  private final long end;

  private final Set<Body> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Where the last redirect led to; the next request goes there at once. */
  private volatile URI place;

  WebClient(WebAddress address, Transfer transfer, Timing timing, Meter meter) throws IOException {
    this.address = address;
    this.client = Clients.of(transfer);
    this.transfer = transfer;
    this.timing = timing;
    this.meter = meter;
    this.place = address.uri();
    long start = timing.nanos();
    this.end = transfer.deadline().map(d -> start + d.toNanos()).orElse(start + Long.MAX_VALUE / 2);
  }

  WebAddress address() {
    return address;
  }

  /** How long may be waited now: the patience, but not beyond the deadline. */
  long patienceNanos() throws IOException {
    if (closed) {
      throw new IOException(address + ": closed while it was read");
    }
    long left = end - timing.nanos();
    if (left <= 0) {
      throw new TransferException(
          address.toString(),
          "not done within the deadline of "
              + transfer.deadline().map(Duration::toSeconds).orElse(0L)
              + " seconds. What is fetched already isn't fetched again by the next run");
    }
    return Math.min(left, transfer.patience().toNanos());
  }

  /**
   * Asks for a part, {@code bytes=0-9}, or with an empty range for all.
   *
   * @return an answer of status 200, 206, 400, 416 or 501; other ones are failures
   * @throws TransientException if another try may help
   * @throws TransferException if it won't
   */
  Answer get(Optional<String> range, Optional<String> ifRange)
      throws IOException, InterruptedException {
    URI from = place;
    try {
      return get(from, range, ifRange);
    } catch (FinalStatusException e) {
      if (from.equals(address.uri())) {
        throw e;
      }
      // An address that a redirect gave may hold for a while only.
      place = address.uri();
      return get(address.uri(), range, ifRange);
    }
  }

  private Answer get(URI from, Optional<String> range, Optional<String> ifRange)
      throws IOException, InterruptedException {
    URI at = from;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      Answer answer = send(at, range, ifRange);
      if (!REDIRECTS.contains(answer.status())) {
        place = at;
        return usable(answer);
      }
      try (answer) {
        at = target(answer);
      }
    }
    throw new TransferException(
        address.toString(),
        "more than " + MOST_REDIRECTS + " redirects. The server is set up wrong");
  }

  private Answer send(URI at, Optional<String> range, Optional<String> ifRange)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at)
            .version(
                at.getScheme().equalsIgnoreCase("https")
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .header("User-Agent", transfer.userAgent())
            .header("Accept-Encoding", "identity");
    range.ifPresent(value -> request.header("Range", value));
    ifRange.filter(value -> range.isPresent()).ifPresent(v -> request.header("If-Range", v));
    if (address.isSameOrigin(at)) {
      address.authorization().ifPresent(value -> request.header("Authorization", value));
    }
    long patience = patienceNanos();
    long start = timing.nanos();
    meter.request();
    CompletableFuture<HttpResponse<Body>> sent =
        client.sendAsync(request.build(), info -> new Body());
    HttpResponse<Body> response = await(sent, patience, at);
    meter.answered(timing.nanos() - start);
    Body body = response.body();
    open.add(body);
    body.whenClosed(() -> open.remove(body));
    if (closed) {
      body.close();
    }
    return new Answer(at, response.statusCode(), response.headers(), body);
  }

  /** Ends what is under way in any thread. */
  void close() {
    closed = true;
    open.forEach(Body::close);
  }

  private HttpResponse<Body> await(
      CompletableFuture<HttpResponse<Body>> sent, long patience, URI at)
      throws IOException, InterruptedException {
    try {
      return sent.get(patience, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      patienceNanos();
      throw new TransientException(
          "no answer within " + TimeUnit.NANOSECONDS.toSeconds(patience) + " seconds", e);
    } catch (InterruptedException e) {
      sent.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e.getCause() == null ? e : e.getCause(), at);
    }
  }

  private IOException failure(Throwable cause, URI at) {
    if (cause instanceof SSLException) {
      return new TransferException(
          address.toString(),
          "no trusted connection to "
              + at.getHost()
              + ": "
              + cause.getMessage()
              + ". The clock must be right, and the certificate must come from an authority"
              + " that Java trusts or that is in --ca-file");
    }
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    if (deepest instanceof java.nio.channels.UnresolvedAddressException) {
      return new TransientException("the name " + at.getHost() + " isn't known", cause);
    }
    String message = cause.getMessage();
    if (cause instanceof java.net.ConnectException && (message == null || message.isBlank())) {
      message = "can't connect to " + at.getHost();
    }
    return new TransientException(
        message == null ? cause.getClass().getSimpleName() : message, cause);
  }

  /** Where a redirect leads, if that can be followed. */
  private URI target(Answer answer) throws TransferException {
    String location = answer.header("Location").orElse("");
    WebAddress target;
    try {
      target = WebAddress.of(answer.uri().resolve(location.strip()));
    } catch (IllegalArgumentException e) {
      throw new TransferException(
          address.toString(),
          "redirected (" + answer.status() + ") to what is no address: " + e.getMessage());
    }
    if (answer.uri().getScheme().equalsIgnoreCase("https") && !target.isSecure()) {
      throw new TransferException(
          address.toString(), "redirected from https to http, to " + target + ": refused");
    }
    // A name and password that the other side made up are dropped here.
    return target.uri();
  }

  private Answer usable(Answer answer) throws IOException {
    boolean good = false;
    try {
      int status = answer.status();
      if (status == 200 || status == 206) {
        requireIdentity(answer);
      } else if (status != 416 && status != 400 && status != 501) {
        throw refusal(answer);
      }
      good = true;
      return answer;
    } finally {
      if (!good) {
        answer.close();
      }
    }
  }

  /** A part of something compressed is of no use. */
  private void requireIdentity(Answer answer) throws TransferException {
    String encoding = answer.header("Content-Encoding").orElse("identity").strip();
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw new TransferException(
          address.toString(),
          "the server sends it encoded ("
              + encoding
              + ") though that wasn't asked for. Switch that off for this file");
    }
  }

  private IOException refusal(Answer answer) {
    int status = answer.status();
    if (BUSY.contains(status) || status >= 500) {
      return new TransientException(
          "the server answers " + status,
          answer.header("Retry-After").flatMap(v -> RetryAfter.parse(v, timing.now())));
    }
    return new FinalStatusException(
        answer.uri().equals(address.uri())
            ? address.toString()
            : address + " (redirected to " + WebAddress.shown(answer.uri()) + ")",
        status);
  }

  /** An answer that another try won't change. */
  static final class FinalStatusException extends TransferException {
    private final int status;

    FinalStatusException(String address, int status) {
      super(address, explanation(status));
      this.status = status;
    }

    int status() {
      return status;
    }

    @Override
    public boolean isNotThere() {
      return status == 404 || status == 410;
    }

    static String explanation(int status) {
      String meaning =
          switch (status) {
            case 401 ->
                "the server wants a name and a password, or has refused those in the address:"
                    + " https://NAME:PASSWORD@HOST/...";
            case 403 ->
                "the server forbids it. Are its access rules right, has the address expired?";
            case 404 -> "there is nothing at this address. Is it spelt right?";
            case 407 ->
                "the proxy wants a name and a password: --proxy http://NAME:PASSWORD@HOST:PORT";
            case 410 -> "it was taken away from the server for good. Look for a newer one";
            default -> "the server gives no file at this address";
          };
      return meaning + " (status " + status + ")";
    }
  }
}
