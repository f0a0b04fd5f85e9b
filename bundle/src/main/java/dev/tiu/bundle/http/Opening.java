package dev.tiu.bundle.http;

import dev.tiu.bundle.FileSource;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds out what is at an address, and how it can be read. */
final class Opening {
  /** Trailer and signature, the manifest in it, and often the end of the content table. */
  private static final int END = 32 << 10;

  private static final int BEGINNING = 4096;

  private final WebClient client;
  private final Transfer transfer;
  private final Timing timing;
  private final Content content;
  private final Window window;

  /** How it is to be read. */
  enum Way {
    PARTS,
    WHOLE
  }

  /**
   * What was found: either a way to fetch parts, or a file.
   *
   * @param size in bytes
   */
  record Opened(
      long size, Optional<RangeFetch> fetch, Optional<FileSource> file, Optional<Path> download) {}

  Opening(WebClient client, Transfer transfer, Timing timing, Meter meter, Window window) {
    this.client = client;
    this.transfer = transfer;
    this.timing = timing;
    this.window = window;
    this.content = Content.of(client, transfer, timing, meter);
  }

  Opened open(Way way) throws IOException, InterruptedException {
    Attempts attempts = new Attempts(client, transfer, timing);
    while (true) {
      try {
        return way == Way.WHOLE ? whole(client.get(Optional.empty(), Optional.empty())) : parts();
      } catch (TransientException e) {
        attempts.failed(e);
      }
    }
  }

  private Opened parts() throws IOException, InterruptedException {
    Answer end = client.get(Optional.of("bytes=-" + END), Optional.empty());
    if (end.status() == 200 && !end.header("Accept-Ranges").orElse("").contains("bytes")) {
      return whole(end);
    }
    try (end) {
      if (end.status() == 206) {
        return ofPart(end);
      }
      if (end.status() == 416 && isEmptyFile(end)) {
        return new Opened(0, Optional.empty(), Optional.empty(), Optional.empty());
      }
    }
    return withoutSuffix();
  }

  /** Not every server that knows parts knows "the last so many bytes". */
  private Opened withoutSuffix() throws IOException, InterruptedException {
    Answer beginning = client.get(Optional.of("bytes=0-" + (BEGINNING - 1)), Optional.empty());
    if (beginning.status() == 200) {
      return whole(beginning);
    }
    try (beginning) {
      if (beginning.status() == 206) {
        return ofPart(beginning);
      }
    }
    return whole(client.get(Optional.empty(), Optional.empty()));
  }

  private static boolean isEmptyFile(Answer answer) {
    OptionalLong total = ContentRange.totalOfRefusal(answer.header("Content-Range").orElse(""));
    return total.isPresent() && total.getAsLong() == 0;
  }

  private Opened ofPart(Answer answer) throws IOException, InterruptedException {
    ContentRange range = answer.contentRange().orElseThrow(() -> unclear("which part it sends"));
    if (range.total().isEmpty()) {
      throw unclear("how long the file is");
    }
    long size = range.total().getAsLong();
    if (range.length() > END || differs(answer.contentLength(), range.length())) {
      throw unclear("rightly which part it sends");
    }
    Identity identity = Identity.of(answer, range.total());
    RangeFetch fetch = new RangeFetch(client, transfer, timing, content, identity);
    Chunk part = take(answer, range);
    if (part.end() < size) {
      // The end is what is read first of a bundle.
      long start = Math.max(part.end(), size - END);
      Chunk end = chunk(start, (int) (size - start));
      fetch.fetch(start, size, end::append);
      window.put(end);
    }
    window.put(part);
    return new Opened(size, Optional.of(fetch), Optional.empty(), Optional.empty());
  }

  private static boolean differs(OptionalLong length, long expected) {
    return length.isPresent() && length.getAsLong() != expected;
  }

  private Chunk take(Answer answer, ContentRange range) throws IOException, InterruptedException {
    Chunk part = chunk(range.first(), (int) range.length());
    if (content.copy(answer.body(), range.length(), part::append) < range.length()) {
      throw new TransientException("the connection ended too early", Optional.empty());
    }
    return part;
  }

  private static Chunk chunk(long start, int length) {
    ByteRange range = new ByteRange(start, length);
    Chunk chunk = new Chunk(range, List.of(range));
    chunk.begin();
    return chunk;
  }

  private TransferException unclear(String what) {
    return new TransferException(
        client.address().toString(),
        "the server doesn't say " + what + ". It, or a proxy before it, has range requests wrong");
  }

  /** Takes over the answer, whose content is the whole file. */
  private Opened whole(Answer answer) throws IOException, InterruptedException {
    if (answer.status() != 200) {
      answer.close();
      throw new TransferException(
          client.address().toString(), "the server refuses it (status " + answer.status() + ")");
    }
    Identity identity = Identity.of(answer, answer.contentLength());
    WholeDownload download = new WholeDownload(client, transfer, timing, content, identity);
    FileSource file = FileSource.of(download.complete(answer), client.address().toString());
    return new Opened(
        file.size(), Optional.empty(), Optional.of(file), Optional.of(download.file()));
  }
}
