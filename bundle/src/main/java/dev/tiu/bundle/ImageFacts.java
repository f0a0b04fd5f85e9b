package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.bundle.squashfs.SquashfsImage;
import dev.tiu.bundle.squashfs.Tree;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an image says about itself: os-release, architecture, kernel, sizes. */
final class ImageFacts {
  /** The kernel follows as many links in a path. */
  private static final int MAX_LINKS = 40;

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
            SystemFacts.assignments(
                new String(start(regular, MAX_OS_RELEASE), StandardCharsets.UTF_8));
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

  /** From the ELF header of a program that every system has. */
  Optional<String> architecture() throws IOException {
    for (String program : SystemFacts.PROGRAMS) {
      Optional<Inode> file = resolve(BytePath.of(program));
      if (file.isPresent() && file.get() instanceof Inode.RegularFile regular) {
        Optional<String> machine = SystemFacts.elfMachine(start(regular, SystemFacts.ELF_HEADER));
        if (machine.isPresent()) {
          return machine;
        }
      }
    }
    return Optional.empty();
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
