package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A format of programs that the kernel has an interpreter for, such as qemu-user for another
 * machine's ({@code Documentation/admin-guide/binfmt-misc.rst}).
 *
 * <pre>
 * enabled
 * interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
 * flags: PF
 * offset 0
 * magic 7f454c46…
 * mask ffffffff…
 * </pre>
 */
final class BinaryFormat {
  private static final Path REGISTERED = Path.of("/proc/sys/fs/binfmt_misc");

  private final int offset;
  private final byte[] magic;
  private final byte[] mask;

  private BinaryFormat(int offset, byte[] magic, byte[] mask) {
    this.offset = offset;
    this.magic = magic;
    this.mask = mask;
  }

  /**
   * One that counts in a root that hasn't the interpreter, because the kernel has it open: flag F.
   *
   * @return empty for one that doesn't, or goes by names
   */
  static Optional<BinaryFormat> parse(String text) {
    Map<String, String> values = new TreeMap<>();
    for (String line : text.lines().toList()) {
      int space = line.indexOf(' ');
      values.put(space < 0 ? line : line.substring(0, space), line.substring(space + 1));
    }
    String magic = values.get("magic");
    boolean counts =
        values.containsKey("enabled") && values.getOrDefault("flags:", "").contains("F");
    if (magic == null || !counts) {
      return Optional.empty();
    }
    String mask = values.getOrDefault("mask", "ff".repeat(magic.length() / 2));
    return Optional.of(
        new BinaryFormat(
            Integer.parseInt(values.getOrDefault("offset", "0")),
            HexFormat.of().parseHex(magic),
            HexFormat.of().parseHex(mask)));
  }

  /** Whether a program that begins so is of this format. */
  boolean matches(byte[] start) {
    if (start.length < offset + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (((start[offset + i] ^ magic[i]) & mask[i]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the running kernel has an interpreter for a program that begins so. */
  static boolean isKnown(byte[] start) throws IOException {
    if (!Files.isDirectory(REGISTERED)) {
      return false;
    }
    List<Path> entries;
    try (Stream<Path> list = Files.list(REGISTERED)) {
      entries = list.filter(entry -> !entry.endsWith("register")).toList();
    }
    for (Path entry : entries) {
      String text = new String(Files.readAllBytes(entry), UTF_8);
      if (parse(text).filter(format -> format.matches(start)).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
