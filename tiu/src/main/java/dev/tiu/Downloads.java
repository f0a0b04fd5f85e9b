package dev.tiu;

import dev.tiu.bundle.http.Document;
import dev.tiu.bundle.http.HttpSource;
import dev.tiu.bundle.http.Transfer;
import dev.tiu.bundle.http.Transferred;
import dev.tiu.bundle.http.WebAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Opens what lies on web servers, and adds up what that costs. */
final class Downloads {
  private final Settings settings;
  private final List<HttpSource> opened = new ArrayList<>();
  private Transferred documents = Transferred.NONE;

  /** Says how to fetch, once that is needed. */
  @FunctionalInterface
  interface Settings {
    Transfer transfer() throws IOException;
  }

  Downloads(Settings settings) {
    this.settings = settings;
  }

  /** A file on a server; the caller closes it. */
  HttpSource open(WebAddress address) throws IOException {
    HttpSource source = HttpSource.open(address, settings.transfer());
    opened.add(source);
    return source;
  }

  /** The beginning of a short file, at most that many bytes. */
  byte[] document(WebAddress address, int most) throws IOException {
    Document document = Document.fetch(address, settings.transfer(), most);
    documents = documents.plus(document.cost());
    return document.content();
  }

  /** What went over the wire until now. */
  Transferred total() {
    return opened.stream().map(HttpSource::transferred).reduce(documents, Transferred::plus);
  }

  boolean isEmpty() {
    return opened.isEmpty();
  }

  /** Whether something had to be downloaded whole. */
  boolean isWhole() {
    return opened.stream().anyMatch(HttpSource::isDownloadedWhole);
  }

  /** Removes what had to be downloaded whole, now that it isn't needed any more. */
  void discard() throws IOException {
    for (HttpSource source : opened) {
      source.discardDownload();
    }
  }
}
