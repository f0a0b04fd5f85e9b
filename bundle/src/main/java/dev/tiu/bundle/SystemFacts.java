package dev.tiu.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a system says of itself, wherever its files lie: in an image or on a disk. */
public final class SystemFacts {
  /** Programs that every system has one of. */
  public static final List<String> PROGRAMS =
      List.of(
          "usr/lib/systemd/systemd",
          "usr/sbin/init",
          "sbin/init",
          "usr/bin/sh",
          "bin/sh",
          "usr/bin/bash",
          "bin/bash",
          "usr/bin/busybox",
          "bin/busybox");

  /** How much of a program {@link #elfMachine} needs. */
  public static final int ELF_HEADER = 20;

  private SystemFacts() {}

  /** Assignments as a shell reads them, as far as os-release(5) allows them. */
  public static Map<String, String> assignments(String text) {
    Map<String, String> values = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        values.put(line.substring(0, equals).strip(), unquoted(line.substring(equals + 1)));
      }
    }
    return values;
  }

  private static String unquoted(String value) {
    String text = value.strip();
    if (text.length() < 2 || (text.charAt(0) != '"' && text.charAt(0) != '\'')) {
      return text;
    }
    String inner = text.substring(1, text.length() - 1);
    return text.charAt(0) == '"' ? inner.replaceAll("\\\\([\"$`\\\\])", "$1") : inner;
  }

  /** {@code e_machine} of the ELF specification, as {@code uname -m} calls it. */
  public static Optional<String> elfMachine(byte[] header) {
    if (header.length < ELF_HEADER || header[0] != 0x7f || header[1] != 'E' || header[2] != 'L') {
      return Optional.empty();
    }
    boolean wide = header[4] == 2;
    ByteOrder order = header[5] == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    int machine = Short.toUnsignedInt(ByteBuffer.wrap(header).order(order).getShort(18));
    return switch (machine) {
      case 62 -> Optional.of("x86_64");
      case 3 -> Optional.of("i686");
      case 183 -> Optional.of("aarch64");
      case 40 -> Optional.of("armv7l");
      case 243 -> Optional.of(wide ? "riscv64" : "riscv32");
      case 21 -> Optional.of(order == ByteOrder.LITTLE_ENDIAN ? "ppc64le" : "ppc64");
      case 22 -> Optional.of("s390x");
      case 258 -> Optional.of("loongarch64");
      default -> Optional.empty();
    };
  }
}
