package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import dev.tiu.verity.FsVerity;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes entries to mksquashfs as they come, and remembers what it wrote.
 *
 * <p>What was fed, with each file's digest, is later held against the finished image, so that
 * nothing mksquashfs does differently goes unseen.
 */
final class TarFeed implements TreeSink {
  private static final int BUFFER = 1 << 20;

  private final String source;
  private final Progress progress;
  private final TarWriter tar;
  private final byte[] buffer = new byte[BUFFER];
  private final FsVerity.Digester digester = new FsVerity.Digester();
  private final Map<BytePath, Packed> packed = new HashMap<>();
  private long bytes;

  /**
   * An entry as it must be in the image.
   *
   * @param digest of a regular file's content
   */
  record Packed(TreeEntry entry, Bytes digest) {}

  TarFeed(String source, Progress progress, TarWriter tar) {
    this.source = source;
    this.progress = progress;
    this.tar = tar;
  }

  /** What is in the image. */
  Map<BytePath, Packed> packed() {
    return packed;
  }

  /** What is in the image at a path that was fed. */
  Packed packed(BytePath path) {
    Packed found = packed.get(path);
    if (found == null) {
      throw new IllegalArgumentException(path + " wasn't fed");
    }
    return found;
  }

  @Override
  public void add(TreeEntry entry, InputStream content) throws IOException {
    tar.entry(entry);
    boolean file = entry.type() == FileType.REGULAR && entry.hardLink().isEmpty();
    packed.put(entry.path(), new Packed(entry, file ? copy(entry, content) : Bytes.EMPTY));
  }

  /** Writes the end mark. */
  void finish() throws IOException {
    tar.finish();
  }

  private Bytes copy(TreeEntry entry, InputStream content) throws IOException {
    digester.reset();
    long left = entry.size();
    while (left > 0) {
      int n = content.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new EOFException(
            source + ": " + entry.path() + ": became shorter while it was packed");
      }
      tar.content(buffer, n);
      digester.update(ByteBuffer.wrap(buffer, 0, n));
      left -= n;
      bytes += n;
      progress.at(Progress.Stage.PACKING, bytes, 0);
    }
    tar.pad(entry.size());
    return Bytes.of(digester.finish());
  }
}
