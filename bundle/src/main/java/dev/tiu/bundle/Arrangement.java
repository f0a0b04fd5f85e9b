package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import dev.tiu.verity.FsVerity;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Collects a tree, and hands it on in the order in which its contents shall lie in the image: first
 * what the earlier image has, as it lies there, then all that is new, as it came.
 *
 * <p>mksquashfs lays out blocks and fills fragments in the order of its input, so that the tails of
 * new files share fragments with each other, but for the one at the border.
 */
final class Arrangement implements TreeSink {
  private static final int BUFFER = 1 << 18;

  /** Ranks of what the earlier image doesn't have. */
  private static final int NEW_TAIL = Integer.MAX_VALUE - 1;

  private static final int NEW_BLOCKS = Integer.MAX_VALUE;

  private final String source;
  private final ContentOrder order;
  private final int blockSize;
  private final ContentSpool spool;

  private final List<TreeEntry> directories = new ArrayList<>();
  private final List<TreeEntry> withoutContent = new ArrayList<>();
  private final List<Content> files = new ArrayList<>();
  private final List<TreeEntry> links = new ArrayList<>();

  private record Content(TreeEntry entry, Rereadable bytes) {}

  private record Hashed(Content content, Bytes digest, int rank) {}

  /**
   * An arrangement without entries.
   *
   * @param blockSize of the image; files below it lie in fragments
   */
  Arrangement(String source, ContentOrder order, int blockSize, ContentSpool spool) {
    this.source = source;
    this.order = order;
    this.blockSize = blockSize;
    this.spool = spool;
  }

  @Override
  public void add(TreeEntry entry, InputStream content) throws IOException {
    if (entry.hardLink().isPresent()) {
      links.add(entry);
    } else if (entry.type() == FileType.DIRECTORY) {
      directories.add(entry);
    } else if (entry.type() != FileType.REGULAR) {
      withoutContent.add(entry);
    } else if (entry.size() == 0) {
      files.add(new Content(entry, InputStream::nullInputStream));
    } else {
      files.add(new Content(entry, rereadable(entry, content)));
    }
  }

  private Rereadable rereadable(TreeEntry entry, InputStream content) throws IOException {
    return content instanceof Rereadable again
        ? again
        : spool.keep(content, entry.size(), name(entry));
  }

  /**
   * Reads all contents, by several threads, and decides.
   *
   * @return the tree in its order
   */
  Arranged arrange(int threads) throws IOException {
    directories.sort(Comparator.comparing(TreeEntry::path));
    List<Hashed> hashed = hash(threads);
    // Stable: what has the same rank stays as it came.
    hashed.sort(Comparator.comparingInt(Hashed::rank));
    return new Arranged(hashed);
  }

  private List<Hashed> hash(int threads) throws IOException {
    AtomicReferenceArray<Hashed> results = new AtomicReferenceArray<>(files.size());
    AtomicInteger next = new AtomicInteger();
    Parallel.run(
        threads,
        () -> {
          FsVerity.Digester digester = new FsVerity.Digester();
          byte[] buffer = new byte[BUFFER];
          for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
            results.set(i, hashed(files.get(i), digester, buffer));
          }
        });
    List<Hashed> hashed = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      hashed.add(results.get(i));
    }
    return hashed;
  }

  private Hashed hashed(Content file, FsVerity.Digester digester, byte[] buffer)
      throws IOException {
    digester.reset();
    try (InputStream in = file.bytes().again()) {
      for (long left = file.entry().size(); left > 0; ) {
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          throw new EOFException(name(file.entry()) + ": became shorter while it was packed");
        }
        digester.update(ByteBuffer.wrap(buffer, 0, n));
        left -= n;
      }
    }
    Bytes digest = Bytes.of(digester.finish());
    int rankIfNew = file.entry().size() < blockSize ? NEW_TAIL : NEW_BLOCKS;
    return new Hashed(file, digest, order.rank(digest).orElse(rankIfNew));
  }

  private String name(TreeEntry entry) {
    return source + ": " + entry.path();
  }

  /** A tree whose order is decided. */
  final class Arranged {
    private final List<Hashed> hashed;

    private Arranged(List<Hashed> hashed) {
      this.hashed = hashed;
    }

    /** Feeds it; each content must be what it was when the order was decided. */
    void feed(TarFeed feed) throws IOException {
      for (TreeEntry directory : directories) {
        feed.add(directory, InputStream.nullInputStream());
      }
      for (TreeEntry entry : withoutContent) {
        feed.add(entry, InputStream.nullInputStream());
      }
      for (Hashed file : hashed) {
        feed(feed, file);
      }
      for (TreeEntry link : links) {
        feed.add(link, InputStream.nullInputStream());
      }
    }

    private void feed(TarFeed feed, Hashed file) throws IOException {
      TreeEntry entry = file.content().entry();
      BytePath path = entry.path();
      try (InputStream in = file.content().bytes().again()) {
        feed.add(entry, in);
      }
      if (!feed.packed(path).digest().equals(file.digest())) {
        throw new TreeException(
            source, path.toString(), "changed while it was packed. Pack a tree that is at rest");
      }
    }
  }
}
