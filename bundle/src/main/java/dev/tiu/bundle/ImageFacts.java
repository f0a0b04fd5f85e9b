package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an image says about itself: os-release, architecture, kernel, sizes. */
final class ImageFacts {
  /** The kernel follows as many links in a path. */
  private static final int MAX_LINKS = 40;

  /** Programs that every system has one of. */
  private static final List<String> PROGRAMS =
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

  private static final List<String> MODULES = List.of("usr/lib/modules", "lib/modules");
  private static final int MAX_OS_RELEASE = 1 << 16;

  private final SquashfsImage image;
  private final Tree tree;

  ImageFacts(SquashfsImage image, Tree tree) {
    this.image = image;
    this.tree = tree;
  }

  /** All files' sizes, each inode once. */
  long uncompressedBytes() {
    Set<Integer> seen = new HashSet<>();
    long bytes = 0;
    for (Inode inode : tree.entries().values()) {
      if (inode instanceof Inode.RegularFile file && seen.add(file.number())) {
        bytes = Math.addExact(bytes, file.size());
      }
    }
    return bytes;
  }

  /** The newest kernel that has modules. */
  Optional<String> kernelVersion() throws IOException {
    for (String path : MODULES) {
      Optional<Inode> modules = resolve(BytePath.of(path));
      if (modules.isPresent() && modules.get() instanceof Inode.Directory directory) {
        Optional<String> newest =
            tree.list(directory).stream()
                .filter(child -> child.inode() instanceof Inode.Directory)
                .map(child -> child.name().toString())
                .max(Version::compare);
        if (newest.isPresent()) {
          return newest;
        }
      }
    }
    return Optional.empty();
  }

  /** Those of the paths that are links to what the image has of them. */
  List<BytePath> imageOwned(ImageOwned owned) {
    return owned.paths().stream().filter(this::leadsToSysimage).toList();
  }

  private boolean leadsToSysimage(BytePath path) {
    Optional<Inode> inode = tree.get(path);
    return inode.isPresent()
        && inode.get() instanceof Inode.Symlink link
        && ImageOwned.destination(path, link.target()).isPresent();
  }

  /** os-release(5): /etc before /usr/lib. */
  Manifest.OsRelease osRelease() throws IOException {
    for (String path : List.of("etc/os-release", "usr/lib/os-release")) {
      Optional<Inode> file = resolve(BytePath.of(path));
      if (file.isPresent() && file.get() instanceof Inode.RegularFile regular) {
        Map<String, String> values =
            parse(new String(start(regular, MAX_OS_RELEASE), StandardCharsets.UTF_8));
        return new Manifest.OsRelease(
            printable(values, "ID"),
            printable(values, "VERSION_ID"),
            printable(values, "PRETTY_NAME"),
            printable(values, "VERSION_CODENAME"));
      }
    }
    return Manifest.OsRelease.NONE;
  }

  /** A value that a manifest may have; others are as good as none. */
  private static Optional<String> printable(Map<String, String> values, String key) {
    return Optional.ofNullable(values.get(key)).filter(Manifest.OsRelease::isPrintable);
  }

  /** Assignments as a shell reads them, as far as os-release(5) allows them. */
  static Map<String, String> parse(String text) {
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

  /** From the ELF header of a program that every system has. */
  Optional<String> architecture() throws IOException {
    for (String program : PROGRAMS) {
      Optional<Inode> file = resolve(BytePath.of(program));
      if (file.isPresent() && file.get() instanceof Inode.RegularFile regular) {
        Optional<String> machine = elfMachine(start(regular, 20));
        if (machine.isPresent()) {
          return machine;
        }
      }
    }
    return Optional.empty();
  }

  /** {@code e_machine} of the ELF specification, as {@code uname -m} calls it. */
  static Optional<String> elfMachine(byte[] header) {
    if (header.length < 20 || header[0] != 0x7f || header[1] != 'E' || header[2] != 'L') {
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

  private byte[] start(Inode.RegularFile file, int limit) throws IOException {
    List<DataBlock> blocks = image.blocks(file);
    if (blocks.isEmpty()) {
      return new byte[0];
    }
    ByteBuffer block = ByteBuffer.allocate(blocks.get(0).size());
    image.read(blocks.get(0), block);
    byte[] start = new byte[Math.min(limit, block.flip().remaining())];
    block.get(start);
    return start;
  }

  /** What a path leads to inside the image, links followed; none leads out of it. */
  private Optional<Inode> resolve(BytePath path) {
    Deque<String> rest = new ArrayDeque<>(List.of(latin1(path.bytes()).split("/", -1)));
    BytePath at = BytePath.ROOT;
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.pop();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        at = at.parent();
        continue;
      }
      if (name.length() > BytePath.NAME_MAX || name.indexOf(0) >= 0) {
        return Optional.empty();
      }
      BytePath next = at.resolve(BytePath.ofBytes(name.getBytes(StandardCharsets.ISO_8859_1)));
      Optional<Inode> inode = tree.get(next);
      if (inode.isPresent() && inode.get() instanceof Inode.Symlink link) {
        if (++links > MAX_LINKS) {
          return Optional.empty();
        }
        String target = latin1(link.target());
        at = target.startsWith("/") ? BytePath.ROOT : at;
        String[] names = target.split("/", -1);
        for (int i = names.length - 1; i >= 0; i--) {
          rest.push(names[i]);
        }
      } else {
        at = next;
      }
    }
    return tree.get(at);
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
