package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.TreeSet;

/**
 * Writes an archive as {@link InitrdReader} describes it, in the form {@code newc}: all files are
 * root's, and of no time, so that the same content gives the same bytes.
 */
final class CpioArchive {
  private static final String TRAILER = "TRAILER!!!";
  private static final int DIRECTORY = 0040755;
  private static final int FILE = 0100755;
  private static final int LINK = 0120777;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final TreeSet<String> directories = new TreeSet<>();
  private int inode;

  CpioArchive file(String path, byte[] content) {
    makeParents(path);
    return entry(path, FILE, content);
  }

  CpioArchive link(String path, String target) {
    makeParents(path);
    return entry(path, LINK, target.getBytes(ISO_8859_1));
  }

  /** The kernel makes none that isn't in the archive. */
  private void makeParents(String path) {
    int slash = path.lastIndexOf('/');
    if (slash > 0 && directories.add(path.substring(0, slash))) {
      String parent = path.substring(0, slash);
      makeParents(parent);
      CpioArchive unused = entry(parent, DIRECTORY, new byte[0]);
    }
  }

  private CpioArchive entry(String path, int mode, byte[] content) {
    inode++;
    byte[] name = (path + "\0").getBytes(ISO_8859_1);
    int[] fields = {inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0};
    StringBuilder header = new StringBuilder("070701");
    for (int field : fields) {
      header.append("%08x".formatted(field));
    }
    out.writeBytes(header.toString().getBytes(ISO_8859_1));
    out.writeBytes(name);
    pad(4);
    out.writeBytes(content);
    pad(4);
    return this;
  }

  private void pad(int multiple) {
    out.writeBytes(new byte[-out.size() & (multiple - 1)]);
  }

  /** What was written until now. */
  byte[] begun() {
    return out.toByteArray();
  }

  /**
   * The whole archive; zeros behind it, which the kernel passes over.
   *
   * @param multiple a power of two that its size is a multiple of
   */
  byte[] complete(int multiple) {
    CpioArchive unused = entry(TRAILER, 0, new byte[0]);
    pad(multiple);
    return out.toByteArray();
  }
}
