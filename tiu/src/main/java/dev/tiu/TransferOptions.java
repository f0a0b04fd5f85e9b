package dev.tiu;

import dev.tiu.bundle.ByteSource;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.http.HttpSource;
import dev.tiu.bundle.http.Transfer;
import dev.tiu.bundle.http.Transferred;
import dev.tiu.bundle.http.WebAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a command fetches what is on a web server. */
final class TransferOptions {
  @Option(
      names = "--limit-rate",
      paramLabel = "RATE",
      description = "Fetch at most so many bytes a second: 500k, 2M.")
  private Optional<Rate> limitRate = Optional.empty();

  @Option(
      names = "--minimum-rate",
      paramLabel = "RATE",
      description = "Give a connection up that brings less, over half a minute (default: 1k).")
  private Optional<Rate> minimumRate = Optional.empty();

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description = "Give up when fetching takes longer: seconds, or 15m, 2h (default: never).")
  private Optional<TimeLimit> deadline = Optional.empty();

  @Option(
      names = "--proxy",
      paramLabel = "URL",
      description = "Fetch through this proxy, instead of those in http_proxy and https_proxy.")
  private Optional<WebAddress> proxy = Optional.empty();

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "Trust servers that these certificates vouch for, PEM, instead of Java's.")
  private Optional<Path> caFile = Optional.empty();

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description = "Where a bundle is kept meanwhile that a server gives only as a whole.")
  private Optional<Path> cacheDirectory = Optional.empty();

  private final List<HttpSource> opened = new ArrayList<>();

  private DownloadSettings settings() {
    return new DownloadSettings(limitRate, minimumRate, deadline, proxy, caFile, cacheDirectory);
  }

  /** Opens a source to be read in parts. */
  ByteSource open(BundleLocation location, Context context) throws IOException {
    return open(location, DownloadSettings.NONE, context);
  }

  /** The same, with what the machine's configuration says where the command line is silent. */
  ByteSource open(BundleLocation location, DownloadSettings configured, Context context)
      throws IOException {
    if (location instanceof BundleLocation.File file) {
      return FileSource.open(file.path());
    }
    WebAddress address = ((BundleLocation.Web) location).address();
    return noted(HttpSource.open(address, transfer(configured, context)));
  }

  /** How to fetch, as the command line says and where that is silent the configuration. */
  Transfer transfer(DownloadSettings configured, Context context) throws UsageException {
    return settings().or(configured).transfer(context.environment());
  }

  /** Opens a source all of which will be read, more than once. */
  ByteSource openWhole(BundleLocation location, Context context) throws IOException {
    if (location instanceof BundleLocation.File file) {
      return FileSource.open(file.path());
    }
    BundleLocation.Web web = (BundleLocation.Web) location;
    return noted(HttpSource.download(web.address(), transfer(DownloadSettings.NONE, context)));
  }

  private HttpSource noted(HttpSource source) {
    opened.add(source);
    return source;
  }

  /** What was fetched from servers until now. */
  Transferred transferred() {
    Transferred all = Transferred.NONE;
    for (HttpSource source : opened) {
      all = all.plus(source.transferred());
    }
    return all;
  }

  /** The command has ended well: what was kept for another try isn't needed. */
  void finish() throws IOException {
    for (HttpSource source : opened) {
      source.discardDownload();
    }
  }

  /** As {@link #finish}, and says what it took. */
  void finish(Console console) throws IOException {
    finish();
    if (!opened.isEmpty()) {
      Transferred all = transferred();
      console.note(
          "Fetched %s in %s"
              .formatted(Console.size(all.bytes()), Console.count(all.requests(), "request")));
    }
  }
}
