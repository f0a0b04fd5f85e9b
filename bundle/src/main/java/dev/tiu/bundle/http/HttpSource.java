package dev.tiu.bundle.http;

import dev.tiu.bundle.ByteSource;
import dev.tiu.bundle.FileSource;
import dev.tiu.verity.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A bundle on a web server, read by parts.
 *
 * <p>What is said to be read soon is fetched ahead, several parts at a time, within bounded memory.
 * Connections that break or stall are gone on with at the byte where they were. A bundle that is
 * replaced meanwhile shows as a {@link SourceChangedException}. From a server that gives no parts
 * the bundle is downloaded into a file first, which stays until {@link #discardDownload}.
 */
public final class HttpSource implements ByteSource {
  private static final int PIECE = 1 << 20;
  private static final long LEAST_GAP = 16 << 10;
  private static final long UNKNOWN_GAP = 64 << 10;
  private static final long MOST_GAP = 1 << 20;

  private final WebAddress address;
  private final Transfer transfer;
  private final Meter meter;
  private final WebClient client;
  private final Opening.Opened opened;
  private final Window window;
  private final List<Thread> fetchers = new ArrayList<>();
  private boolean closed;

  private HttpSource(
      WebClient client, Transfer transfer, Meter meter, Opening.Opened opened, Window window) {
    this.address = client.address();
    this.client = client;
    this.transfer = transfer;
    this.meter = meter;
    this.opened = opened;
    this.window = window;
  }

  /**
   * Asks the server for the end of the file, which tells its size, and what else it can do.
   *
   * @param uri may have a name and a password in it
   * @throws TransferException if there is no file to be had
   * @throws NoRoomException if it can only be downloaded whole and doesn't fit the disk
   */
  public static HttpSource open(URI uri, Transfer transfer) throws IOException {
    return open(WebAddress.of(uri), transfer);
  }

  /** As the other one. */
  public static HttpSource open(WebAddress address, Transfer transfer) throws IOException {
    return open(address, transfer, Opening.Way.PARTS, Timing.SYSTEM);
  }

  /**
   * Downloads all of it into a file of the cache first, for whoever reads everything, and twice.
   */
  public static HttpSource download(WebAddress address, Transfer transfer) throws IOException {
    return open(address, transfer, Opening.Way.WHOLE, Timing.SYSTEM);
  }

  static HttpSource open(WebAddress address, Transfer transfer, Opening.Way way, Timing timing)
      throws IOException {
    Meter meter = new Meter();
    WebClient client = new WebClient(address, transfer, timing, meter);
    Window window = new Window(transfer.windowBytes(), Math.min(PIECE, transfer.windowBytes() / 8));
    boolean done = false;
    try {
      Opening.Opened opened = new Opening(client, transfer, timing, meter, window).open(way);
      done = true;
      return new HttpSource(client, transfer, meter, opened, window);
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      if (!done) {
        client.close();
      }
    }
  }

  static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while fetching from a server");
  }

  @Override
  public long size() throws IOException {
    return opened.size();
  }

  /** The address, without secrets. */
  @Override
  public String name() {
    return address.toString();
  }

  /** What has gone over the wire until now. */
  public Transferred transferred() {
    return meter.transferred();
  }

  /** Whether all of it had to be downloaded first. */
  public boolean isDownloadedWhole() {
    return opened.download().isPresent();
  }

  @Override
  public void read(long offset, ByteBuffer dst) throws IOException {
    Optional<FileSource> file = opened.file();
    if (file.isPresent()) {
      file.get().read(offset, dst);
      return;
    }
    long end = offset + dst.remaining();
    if (offset < 0 || end > opened.size()) {
      throw new EOFException(
          "%s: ends at offset %d, before %d".formatted(address, opened.size(), end));
    }
    long position = offset;
    try {
      while (dst.hasRemaining()) {
        int before = dst.position();
        Window.Claim claim = window.claim(position, end);
        if (claim.mine()) {
          fetch(claim.chunk());
        }
        claim.chunk().read(position, dst);
        position += dst.position() - before;
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    window.changed();
  }

  /** A failure is everybody's: more requests to the same server would end no better. */
  private void fetch(Chunk chunk) throws IOException, InterruptedException {
    boolean done = false;
    try {
      opened.fetch().orElseThrow().fetch(chunk.start(), chunk.end(), chunk::append);
      done = true;
    } catch (TransferException e) {
      window.fail(e);
      throw e;
    } finally {
      if (!done) {
        window.abandon(chunk);
      }
    }
  }

  @Override
  public synchronized void expect(List<ByteRange> ranges) {
    if (closed || opened.file().isPresent()) {
      return;
    }
    long size = opened.size();
    List<ByteRange> inside = ranges.stream().filter(range -> range.end() <= size).toList();
    long gap = meter.gapWorthFetching(UNKNOWN_GAP, LEAST_GAP, MOST_GAP);
    int piece = Math.min(PIECE, transfer.windowBytes() / 8);
    window.expect(inside, new Coalescing(gap, piece));
    while (!inside.isEmpty() && fetchers.size() < transfer.connections()) {
      Thread fetcher = new Thread(this::fetchAhead, "tiu-fetch-" + (fetchers.size() + 1));
      fetcher.setDaemon(true);
      fetchers.add(fetcher);
      fetcher.start();
    }
  }

  @Override
  public void keep(List<ByteRange> ranges) {
    window.keep(ranges);
  }

  /** A fetcher's life. Its failures reach those who need what it didn't get. */
  private void fetchAhead() {
    try {
      for (Optional<Chunk> next = window.next(); next.isPresent(); next = window.next()) {
        fetch(next.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TransferException e) {
      // The window has it.
      window.fail(e);
    } catch (IOException | RuntimeException e) {
      window.fail(new TransferException(name(), String.valueOf(e)));
    }
  }

  /** Removes what was downloaded whole, if that was: it isn't needed again. */
  public void discardDownload() throws IOException {
    if (opened.download().isPresent()) {
      Files.deleteIfExists(opened.download().get());
    }
  }

  /** Ends all that is under way, and waits for nothing but that. */
  @Override
  public void close() throws IOException {
    List<Thread> running;
    synchronized (this) {
      closed = true;
      running = List.copyOf(fetchers);
    }
    window.close();
    client.close();
    running.forEach(Thread::interrupt);
    Optional<FileSource> file = opened.file();
    if (file.isPresent()) {
      file.get().close();
    }
  }
}
