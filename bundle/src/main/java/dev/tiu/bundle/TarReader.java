package dev.tiu.bundle;

import dev.tiu.linux.BytePath;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads a tar archive entry by entry: ustar, pax, GNU's long names and sparse files, byte for byte.
 *
 * <p>Ours, because names and xattrs are bytes: a reader that takes pax values for UTF-8 damages
 * file capabilities and names that aren't.
 */
final class TarReader {
  private static final int MAX_PAX_SIZE = 16 << 20;
  private static final int MAX_NAME_SIZE = 1 << 16;
  private static final int PASSED_AT_ONCE = 64 << 10;

  /** Numbers and line ends of a sparse map in the data: 20 digits each at most. */
  private static final int MAX_MAP_SIZE = SparseMap.MAX_SEGMENTS * 42;

  private final InputStream in;
  private final String archive;
  private final byte[] block = new byte[TarHeader.SIZE];
  private PaxRecords global = new PaxRecords();
  private Stored stored;

  TarReader(InputStream in, String archive) {
    this.in = in;
    this.archive = archive;
    this.stored = new Stored(0, "");
  }

  /**
   * An entry as the archive has it.
   *
   * @param size of the content with its holes, in bytes
   */
  record Entry(
      TarHeader header, PaxRecords pax, Bytes name, Bytes link, long size, InputStream content) {}

  /** The next entry; the content of the one before is skipped as far as it wasn't read. */
  Optional<Entry> next() throws IOException {
    stored.skipRest();
    PaxRecords pax = global;
    Optional<Bytes> longName = Optional.empty();
    Optional<Bytes> longLink = Optional.empty();
    while (true) {
      if (!readHeader()) {
        return Optional.empty();
      }
      TarHeader header = new TarHeader(block.clone());
      String shown = BytePath.display(header.name());
      try {
        switch (header.type()) {
          case 'x', 'X' -> pax = pax.overriddenBy(readPax(header, shown));
          case 'g' -> {
            global = global.overriddenBy(readPax(header, shown));
            pax = global;
          }
          case 'L' -> longName = Optional.of(readText(header, shown));
          case 'K' -> longLink = Optional.of(readText(header, shown));
          default -> {
            return Optional.of(entry(header, pax, longName, longLink));
          }
        }
      } catch (IllegalArgumentException e) {
        throw new TreeException(archive, shown, "not a readable tar entry: " + e.getMessage());
      }
    }
  }

  private Entry entry(
      TarHeader header, PaxRecords pax, Optional<Bytes> longName, Optional<Bytes> longLink)
      throws IOException {
    Bytes name =
        pax.find("GNU.sparse.name")
            .or(() -> pax.find("path"))
            .or(() -> longName)
            .orElseGet(() -> Bytes.of(header.name()));
    Bytes link =
        pax.find("linkpath")
            .or(() -> longLink)
            .orElseGet(() -> Bytes.of(header.text(TarHeader.LINK, TarHeader.NAME_LENGTH)));
    long size = pax.number("size", header.number(TarHeader.LENGTH, 12));
    if (size < 0) {
      throw new IllegalArgumentException("a size of " + size + " bytes");
    }
    // Some archivers note a directory's or a symlink's size; nothing follows all the same.
    boolean hasContent = isFile(header.type());
    stored = new Stored(hasContent ? size : 0, name.toString());
    if (header.type() == '1' && size != 0) {
      throw new TreeException(
          archive, name.toString(), "a hard link that brings content of its own isn't supported");
    }
    Optional<SparseMap> map = sparseMap(header, pax, size);
    if (map.isEmpty()) {
      return new Entry(header, pax, name, link, hasContent ? size : 0, stored);
    }
    if (map.get().storedSize() != stored.left) {
      throw new IllegalArgumentException(
          "the sparse map has " + map.get().storedSize() + " bytes, the entry " + stored.left);
    }
    return new Entry(header, pax, name, link, map.get().size(), new SparseInput(stored, map.get()));
  }

  /** Regular files: old and new, contiguous, and GNU's sparse ones. */
  static boolean isFile(char type) {
    return type == '0' || type == 0 || type == '7' || type == 'S';
  }

  private Optional<SparseMap> sparseMap(TarHeader header, PaxRecords pax, long size)
      throws IOException {
    if (header.type() == 'S') {
      return Optional.of(oldSparseMap(header));
    }
    if (pax.find("GNU.sparse.major").isPresent()) {
      long major = pax.number("GNU.sparse.major", 0);
      long minor = pax.number("GNU.sparse.minor", 0);
      if (major != 1 || minor != 0) {
        throw new IllegalArgumentException("GNU sparse format " + major + "." + minor);
      }
      return Optional.of(mapInData(pax.number("GNU.sparse.realsize", size)));
    }
    long realSize = pax.number("GNU.sparse.size", size);
    Optional<Bytes> map = pax.find("GNU.sparse.map");
    if (map.isPresent()) {
      List<String> numbers = Arrays.asList(map.get().latin1().split(",", -1));
      return Optional.of(SparseMap.ofNumbers(realSize, numbers));
    }
    if (pax.find("GNU.sparse.numblocks").isPresent()) {
      return Optional.of(SparseMap.ofNumbers(realSize, pax.sparseNumbers()));
    }
    return Optional.empty();
  }

  /** The oldest GNU format: four parts in the header, 21 in each block that follows it. */
  private SparseMap oldSparseMap(TarHeader first) throws IOException {
    List<String> numbers = new ArrayList<>();
    addParts(first, TarHeader.OLD_SPARSE, 4, numbers);
    long size = first.number(TarHeader.OLD_SPARSE_SIZE, 12);
    byte[] extension = new byte[TarHeader.SIZE];
    boolean more = first.text(TarHeader.OLD_SPARSE_EXTENDED, 1).length > 0;
    while (more) {
      readFully(extension);
      addParts(new TarHeader(extension), 0, 21, numbers);
      more = extension[504] != 0;
      if (numbers.size() > 2 * SparseMap.MAX_SEGMENTS) {
        throw new IllegalArgumentException("a sparse map without end");
      }
    }
    return SparseMap.ofNumbers(size, numbers);
  }

  private static void addParts(TarHeader from, int start, int count, List<String> numbers) {
    for (int i = 0; i < count; i++) {
      long offset = from.number(start + 24 * i, 12);
      long length = from.number(start + 24 * i + 12, 12);
      numbers.add(Long.toString(offset));
      numbers.add(Long.toString(length));
    }
  }

  /** GNU's sparse format 1.0: the map stands in lines before the content, padded to a block. */
  private SparseMap mapInData(long realSize) throws IOException {
    LineReader lines = new LineReader();
    int count = (int) lines.number(SparseMap.MAX_SEGMENTS);
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < 2 * count; i++) {
      numbers.add(Long.toString(lines.number(Long.MAX_VALUE)));
    }
    return SparseMap.ofNumbers(realSize, numbers);
  }

  private PaxRecords readPax(TarHeader header, String shown) throws IOException {
    PaxRecords records = new PaxRecords();
    records.parse(readWhole(header, shown, MAX_PAX_SIZE));
    return records;
  }

  /** A name of GNU's, with a NUL at the end. */
  private Bytes readText(TarHeader header, String shown) throws IOException {
    byte[] text = readWhole(header, shown, MAX_NAME_SIZE);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return Bytes.of(Arrays.copyOf(text, end));
  }

  private byte[] readWhole(TarHeader header, String shown, int limit) throws IOException {
    long size = header.number(TarHeader.LENGTH, 12);
    if (size < 0 || size > limit) {
      throw new IllegalArgumentException(
          "a header of " + size + " bytes, at most " + limit + " are possible");
    }
    Stored data = new Stored(size, shown);
    byte[] whole = new byte[(int) size];
    if (data.readNBytes(whole, 0, whole.length) < whole.length) {
      throw new EOFException(archive + ": ends in the middle of " + shown);
    }
    data.skipRest();
    return whole;
  }

  /** Whether there is another header; false at the archive's end mark. */
  private boolean readHeader() throws IOException {
    int read = in.readNBytes(block, 0, block.length);
    if (read < block.length) {
      throw new EOFException(
          archive + ": ends without the end mark of a tar archive; is it cut short?");
    }
    TarHeader header = new TarHeader(block);
    if (header.isZero()) {
      readToEnd();
      return false;
    }
    try {
      if (header.checksumMatches()) {
        return true;
      }
    } catch (NumberFormatException e) {
      // Not even a number: said below.
    }
    throw new IOException(
        archive + ": not a tar archive, or damaged: a header's checksum doesn't match");
  }

  /** To the end, so that a checksum of the compression around it is verified too. */
  private void readToEnd() throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      for (int i = 0; i < n; i++) {
        if (buffer[i] != 0) {
          throw new IOException(
              archive + ": has more after its end mark; archives put together aren't supported");
        }
      }
    }
  }

  private void readFully(byte[] buffer) throws IOException {
    if (in.readNBytes(buffer, 0, buffer.length) < buffer.length) {
      throw new EOFException(archive + ": ends in the middle of an entry");
    }
  }

  /** Decimal numbers in lines at the start of the stored content, padded to whole blocks. */
  private final class LineReader {
    private final byte[] buffer = new byte[TarHeader.SIZE];
    private int position = TarHeader.SIZE;
    private int total;

    long number(long max) throws IOException {
      StringBuilder digits = new StringBuilder();
      for (int c = next(); c != '\n'; c = next()) {
        digits.append((char) c);
        if (c < '0' || c > '9' || digits.length() > 18) {
          throw new IllegalArgumentException("a sparse map with \"" + digits + "\" in it");
        }
      }
      long number = digits.isEmpty() ? -1 : Long.parseLong(digits.toString());
      if (number < 0 || number > max) {
        throw new IllegalArgumentException("a sparse map with the number \"" + digits + "\"");
      }
      return number;
    }

    private int next() throws IOException {
      if (position == buffer.length) {
        total += buffer.length;
        if (total > MAX_MAP_SIZE || stored.readNBytes(buffer, 0, buffer.length) < buffer.length) {
          throw new IllegalArgumentException("a sparse map without end");
        }
        position = 0;
      }
      return buffer[position++] & 0xff;
    }
  }

  /** What an entry has stored in the archive, and its padding. */
  private final class Stored extends InputStream {
    private final String entry;
    private long left;
    private int padding;

    Stored(long size, String entry) {
      this.left = size;
      this.padding = (int) (-size & (TarHeader.SIZE - 1));
      this.entry = entry;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int n = in.read(buffer, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException(
            archive + ": ends in the middle of " + entry + ", " + left + " bytes too early");
      }
      left -= n;
      return n;
    }

    void skipRest() throws IOException {
      try {
        pass(left);
        // Not together: a lying size plus its padding overflows, and then nothing is skipped.
        pass(padding);
      } catch (EOFException e) {
        throw new EOFException(archive + ": ends in the middle of " + entry);
      }
      left = 0;
      padding = 0;
    }

    /** By reading: Java's streams fail to skip in a pipe ("Illegal seek"). */
    private void pass(long count) throws IOException {
      byte[] unused = new byte[(int) Math.min(count, PASSED_AT_ONCE)];
      long rest = count;
      while (rest > 0) {
        int n = in.read(unused, 0, (int) Math.min(rest, unused.length));
        if (n < 0) {
          throw new EOFException();
        }
        rest -= n;
      }
    }
  }
}
