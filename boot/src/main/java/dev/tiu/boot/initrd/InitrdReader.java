package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiu.boot.packed.Packing;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;

/**
 * Takes an initrd apart, as {@code init/initramfs.c} of the kernel does and {@code
 * Documentation/driver-api/early-userspace/buffer-format.rst} describes it:
 *
 * <pre>
 * initramfs := ( zeros | cpio_archive | compressed cpio_archive )*
 * cpio_archive := header name zeros-to-4 content zeros-to-4 … header "TRAILER!!!" zeros-to-4
 * header := "070701" or "070702", then 13 numbers of 8 hex digits:
 *           ino mode uid gid nlink mtime filesize maj min rmaj rmin namesize chksum
 * </pre>
 *
 * Uncompressed archives come first in practice (microcode), then a compressed one up to the end:
 * what would follow that one isn't looked for.
 */
final class InitrdReader {
  private static final int HEADER = 110;
  private static final int FILE_SIZE = 6 + 6 * 8;
  private static final int NAME_SIZE = 6 + 11 * 8;
  private static final String TRAILER = "TRAILER!!!";

  /** The kernel's PATH_MAX; it leaves out what has a longer name. */
  private static final int LONGEST_NAME = 4096;

  private static final int MOST_ENTRIES = 200_000;
  private static final long MOST_NAME_BYTES = 32 << 20;

  /** A whole system with all firmware is less; more wouldn't unpack on what tiu is for. */
  private static final long MOST_BYTES = 4L << 30;

  private final Collection<String> paths;
  private int entries;
  private long nameBytes;
  private long totalBytes;

  InitrdReader(Collection<String> paths) {
    this.paths = paths;
  }

  void read(BufferedInputStream file) throws IOException {
    new Part(file, true).read();
    if (entries == 0) {
      throw new InitrdFormatException(0, "there is nothing in it");
    }
  }

  /** The file itself, or what is unpacked of its end. */
  private final class Part {
    private final BufferedInputStream in;
    private final boolean mayBePacked;
    private long offset;

    Part(BufferedInputStream in, boolean mayBePacked) {
      this.in = in;
      this.mayBePacked = mayBePacked;
    }

    void read() throws IOException {
      try {
        while (skipZeros()) {
          byte[] start = peek();
          Optional<Packing> packing = mayBePacked ? Packing.of(start) : Optional.empty();
          if (new String(start, ISO_8859_1).startsWith("0707")) {
            readArchive();
          } else if (packing.isPresent()) {
            new Part(new BufferedInputStream(packing.get().open(in), 1 << 16), false).read();
            return;
          } else {
            throw failure("neither a cpio archive nor a compressed one");
          }
        }
      } catch (InitrdFormatException e) {
        throw e;
      } catch (EOFException e) {
        throw failure("it ends too early");
      } catch (IOException e) {
        throw new InitrdFormatException(offset, e);
      }
    }

    private InitrdFormatException failure(String problem) {
      return new InitrdFormatException(offset, problem);
    }

    /** Whether something comes behind them. */
    private boolean skipZeros() throws IOException {
      while (true) {
        in.mark(1);
        int next = in.read();
        if (next != 0) {
          in.reset();
          return next > 0;
        }
        offset++;
      }
    }

    private byte[] peek() throws IOException {
      in.mark(Packing.MAGIC_SIZE);
      byte[] start = in.readNBytes(Packing.MAGIC_SIZE);
      in.reset();
      return start;
    }

    private byte[] take(int length) throws IOException {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException();
      }
      offset += length;
      return bytes;
    }

    private void skip(long length) throws IOException {
      in.skipNBytes(length);
      offset += length;
    }

    private void readArchive() throws IOException {
      while (!readEntry()) {
        // The next one.
      }
    }

    /** Whether it was the last one. */
    private boolean readEntry() throws IOException {
      String header = new String(take(HEADER), ISO_8859_1);
      if (!header.startsWith("070701") && !header.startsWith("070702")) {
        throw failure("no header of a cpio archive (newc)");
      }
      long size = number(header, FILE_SIZE);
      long nameSize = number(header, NAME_SIZE);
      if (nameSize < 1 || nameSize > LONGEST_NAME) {
        throw failure("a name of " + nameSize + " bytes");
      }
      String name = new String(take((int) nameSize), ISO_8859_1);
      if (name.charAt(name.length() - 1) != 0) {
        throw failure("a name without its end");
      }
      // A header has two bytes more than a multiple of four.
      skip(-(HEADER + nameSize) & 3);
      String path = name.substring(0, name.indexOf(0));
      if (path.equals(TRAILER)) {
        return true;
      }
      count(size, nameSize);
      skip(size);
      skip(-size & 3);
      paths.add(path.replaceFirst("^(\\./|/)+", ""));
      return false;
    }

    private void count(long size, long nameSize) throws IOException {
      totalBytes += size;
      nameBytes += nameSize;
      entries++;
      if (totalBytes > MOST_BYTES || nameBytes > MOST_NAME_BYTES || entries > MOST_ENTRIES) {
        throw failure(
            "more than %d files, %d MiB of names or %d GiB of content"
                .formatted(MOST_ENTRIES, MOST_NAME_BYTES >> 20, MOST_BYTES >> 30));
      }
    }

    private long number(String header, int at) throws IOException {
      String digits = header.substring(at, at + 8);
      if (!digits.chars().allMatch(InitrdReader::isHexDigit)) {
        throw failure("no number: \"" + printable(digits) + "\"");
      }
      return Long.parseLong(digits, 16);
    }
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }

  private static boolean isHexDigit(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}
