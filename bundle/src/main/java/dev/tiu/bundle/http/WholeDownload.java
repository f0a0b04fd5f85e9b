package dev.tiu.bundle.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A whole bundle in a file, from a server that gives no parts.
 *
 * <p>The file's name comes from the address and the server's version of what is there. What a cut
 * has left is kept, and the next run goes on with it: if the server has learned to give parts with
 * a request for the rest, otherwise by leaving out what comes again.
 */
final class WholeDownload {
  /** What must stay free on the disk, beside the download: others need it more. */
  private static final long RESERVE = 64L << 20;

  private static final long ROOM_STEP = 16L << 20;
  private static final String SUFFIX = ".tiu";

  private final WebClient client;
  private final Transfer transfer;
  private final Timing timing;
  private final Content content;
  private final Identity identity;
  private final Path file;

  WholeDownload(
      WebClient client, Transfer transfer, Timing timing, Content content, Identity identity) {
    this.client = client;
    this.transfer = transfer;
    this.timing = timing;
    this.content = content;
    this.identity = identity;
    this.file = transfer.cacheDirectory().resolve(name(client.address(), identity));
  }

  /** How the names of all versions from an address begin. */
  private static String prefix(WebAddress address) {
    return "download-" + digest(address.uri().toString()) + "-";
  }

  private static String name(WebAddress address, Identity identity) {
    String version =
        identity.strongTag().orElse("")
            + '\n'
            + identity.lastModified().orElse("")
            + '\n'
            + (identity.size().isPresent() ? identity.size().getAsLong() : -1);
    return prefix(address) + digest(version) + SUFFIX;
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  Path file() {
    return file;
  }

  /**
   * Completes the file, and opens it.
   *
   * @param first an answer with all of the file, whose content is still on the way
   */
  FileChannel complete(Answer first) throws IOException, InterruptedException {
    makeDirectory();
    removeOtherVersions();
    FileChannel channel = open();
    boolean done = false;
    try {
      lock(channel);
      if (!identity.isTelling()) {
        // Another version of the same size would go unseen until it is verified.
        channel.truncate(0);
      }
      fill(channel, first);
      channel.force(true);
      done = true;
      return channel;
    } finally {
      first.close();
      if (!done) {
        channel.close();
      }
    }
  }

  /** Others can tell its name beforehand: where they may write too, a link isn't followed. */
  private FileChannel open() throws IOException {
    Set<OpenOption> options =
        Set.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      return FileChannel.open(
          file,
          options,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      if (Files.isSymbolicLink(file)) {
        throw new IOException(
            file + ": is a link, which nobody but an intruder makes. Use another --cache-dir", e);
      }
      throw e;
    }
  }

  private void makeDirectory() throws IOException {
    try {
      Files.createDirectories(transfer.cacheDirectory());
    } catch (IOException e) {
      throw new IOException(
          "%s gives no parts of files, so the bundle has to be downloaded whole, and %s can't be"
                  .formatted(client.address(), transfer.cacheDirectory())
              + " made for it: name another directory with --cache-dir",
          e);
    }
  }

  /** What a cut left of versions that the server doesn't have any more. */
  private void removeOtherVersions() throws IOException {
    String pattern = prefix(client.address()) + "*" + SUFFIX;
    try (DirectoryStream<Path> versions =
        Files.newDirectoryStream(transfer.cacheDirectory(), pattern)) {
      for (Path version : versions) {
        if (!version.equals(file)) {
          removeIfUnused(version);
        }
      }
    }
  }

  /** Another tiu may be reading it yet; and what can't be removed only takes room. */
  private static void removeIfUnused(Path version) {
    try (FileChannel channel =
        FileChannel.open(version, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      if (channel.tryLock() != null) {
        Files.delete(version);
      }
    } catch (IOException | OverlappingFileLockException e) {
      return;
    }
  }

  /** Held until the channel is closed. */
  private void lock(FileChannel channel) throws IOException {
    boolean held;
    try {
      held = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      held = false;
    }
    if (!held) {
      throw new IOException(
          "%s: another tiu is downloading the same. Wait for it, or use another --cache-dir"
              .formatted(file));
    }
  }

  private void fill(FileChannel channel, Answer first) throws IOException, InterruptedException {
    requireRoom(channel.size());
    Attempts attempts = new Attempts(client, transfer, timing);
    Optional<Answer> answer = Optional.of(first);
    while (!isWhole(channel.size())) {
      long before = channel.size();
      try (Answer now = answer.isPresent() ? answer.get() : ask(before)) {
        answer = Optional.empty();
        take(now, channel);
        if (identity.size().isEmpty()) {
          return;
        }
      } catch (TransientException e) {
        answer = Optional.empty();
        if (channel.size() > before) {
          attempts.progress();
        }
        attempts.failed(e);
      }
    }
    if (identity.size().isPresent() && channel.size() > identity.size().getAsLong()) {
      channel.truncate(identity.size().getAsLong());
    }
  }

  private boolean isWhole(long bytes) {
    return identity.size().isPresent() && bytes >= identity.size().getAsLong();
  }

  private Answer ask(long have) throws IOException, InterruptedException {
    return have == 0
        ? client.get(Optional.empty(), Optional.empty())
        : client.get(Optional.of("bytes=" + have + "-"), identity.strongTag());
  }

  private void take(Answer answer, FileChannel channel) throws IOException, InterruptedException {
    Optional<ContentRange> range = answer.contentRange();
    boolean part = answer.status() == 206;
    OptionalLong total =
        part ? range.map(ContentRange::total).orElse(OptionalLong.empty()) : answer.contentLength();
    Optional<String> difference = identity.difference(Identity.of(answer, total));
    if (difference.isPresent()) {
      throw new SourceChangedException(client.address().toString(), difference.get());
    }
    long have = channel.size();
    if (part ? startsElsewhere(range, have) : answer.status() != 200) {
      throw new TransferException(
          client.address().toString(),
          "the server gives neither the file nor the part of it that was asked for (status %d)"
              .formatted(answer.status()));
    }
    Writer writer = new Writer(channel, part ? have : 0, have);
    long most = identity.size().orElse(Long.MAX_VALUE);
    long count = content.copy(answer.body(), most - writer.at, writer);
    if (identity.size().isPresent() && writer.at < most) {
      throw new TransientException(
          "the connection ended after %d of %d bytes".formatted(count, most), Optional.empty());
    }
  }

  private static boolean startsElsewhere(Optional<ContentRange> range, long have) {
    return range.isEmpty() || range.get().first() != have;
  }

  private void requireRoom(long have) throws IOException {
    long needed = identity.size().isPresent() ? identity.size().getAsLong() - have : 0;
    long free = Files.getFileStore(transfer.cacheDirectory()).getUsableSpace();
    if (free - RESERVE < needed) {
      throw new NoRoomException(
          "%s gives no parts of files, so the bundle has to be downloaded whole: %d more bytes, and"
                  .formatted(client.address(), needed)
              + " %s has %d free, of which %d must stay free. Make room, or name another directory"
                  .formatted(transfer.cacheDirectory(), free, RESERVE)
              + " with --cache-dir");
    }
  }

  /** Appends; what the file has already is left out. */
  private final class Writer implements Content.Sink {
    private final FileChannel channel;
    private long at;
    private long have;
    private long nextLook;

    Writer(FileChannel channel, long at, long have) {
      this.channel = channel;
      this.at = at;
      this.have = have;
      this.nextLook = have + ROOM_STEP;
    }

    @Override
    public void put(ByteBuffer bytes) throws IOException {
      int known = (int) Math.min(bytes.remaining(), have - at);
      bytes.position(bytes.position() + known);
      at += known;
      while (bytes.hasRemaining()) {
        int written = channel.write(bytes, at);
        at += written;
        have = at;
      }
      if (have > nextLook) {
        nextLook = have + ROOM_STEP;
        requireRoom(have);
      }
    }
  }
}
