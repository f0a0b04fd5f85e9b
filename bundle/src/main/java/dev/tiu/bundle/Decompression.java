package dev.tiu.bundle;

import com.github.luben.zstd.ZstdInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** Compressed archives, told by their first bytes and not by their names. */
final class Decompression {
  private static final int BUFFER = 1 << 16;

  /** An xz stream says itself how much memory it needs: xz -9 65 MiB, a hostile one 4 GiB. */
  private static final int XZ_MOST_KIB = 1 << 20;

  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
  private static final byte[] ZSTD_SKIPPABLE = {0x2a, 0x4d, 0x18};
  private static final byte[] BZIP2 = {'B', 'Z', 'h'};

  private Decompression() {}

  /**
   * The archive's own bytes, decompressed if need be.
   *
   * @param name starts the message of every failure
   * @param heapBytes of which a decompressor may take half
   */
  static InputStream detect(InputStream archive, String name, long heapBytes) throws IOException {
    PushbackInputStream in = new PushbackInputStream(archive, XZ.length);
    byte[] start = in.readNBytes(XZ.length);
    in.unread(start);
    if (startsWith(start, GZIP)) {
      return new Unpacked(name, "gzip", () -> new GZIPInputStream(in, BUFFER));
    }
    if (startsWith(start, XZ)) {
      int memoryKib = (int) Math.min(XZ_MOST_KIB, heapBytes / 2 / 1024);
      return new Unpacked(name, "xz", () -> new XZInputStream(in, memoryKib));
    }
    boolean skippable =
        start.length > 4 && (start[0] & 0xf0) == 0x50 && startsAt(start, 1, ZSTD_SKIPPABLE);
    if (startsWith(start, ZSTD) || skippable) {
      return new Unpacked(name, "zstd", () -> new ZstdInputStream(in));
    }
    if (startsWith(start, BZIP2)) {
      throw new IOException(name + ": compressed with bzip2; tiu reads tar, gz, xz and zst");
    }
    return in;
  }

  /** Whether {@link #detect} found the archive compressed. */
  static boolean isUnpacked(InputStream detected) {
    return detected instanceof Unpacked;
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return startsAt(bytes, 0, prefix);
  }

  private static boolean startsAt(byte[] bytes, int offset, byte[] expected) {
    return bytes.length >= offset + expected.length
        && Arrays.equals(bytes, offset, offset + expected.length, expected, 0, expected.length);
  }

  /** Begins to unpack. */
  @FunctionalInterface
  private interface Opening {
    InputStream open() throws IOException;
  }

  /** What a decompressor gives; its failures, which only say what, get the archive's name. */
  private static final class Unpacked extends InputStream {
    private final String name;
    private final String format;
    private final InputStream in;

    Unpacked(String name, String format, Opening opening) throws IOException {
      this.name = name;
      this.format = format;
      try {
        this.in = opening.open();
      } catch (IOException e) {
        throw failure(e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (IOException e) {
        throw failure(e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }

    private IOException failure(IOException e) {
      String problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      String what = e instanceof EOFException ? "it is cut short" : problem;
      return new IOException(name + ": its " + format + " data can't be unpacked: " + what, e);
    }
  }
}
