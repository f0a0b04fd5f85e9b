package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Small trees from few names and contents, so that two of them often meet. */
final class RandomTrees {
  private static final int DEPTH = 3;
  private static final List<BytePath> NAMES =
      List.of(
          BytePath.of("a"),
          BytePath.of("b"),
          BytePath.of("c"),
          BytePath.of("a.tiu-new"),
          BytePath.of("a.tiu-new-2"),
          BytePath.of("line\nbreak"),
          BytePath.ofBytes("\u00fe\u0080".getBytes(ISO_8859_1)),
          BytePath.of("x".repeat(254) + "1"),
          BytePath.of("x".repeat(254) + "2"));
  private static final List<String> XATTRS = List.of("trusted.a", "trusted.b");
  private static final List<Integer> MODES = List.of(0644, 0600, 0755, 04755, 01770);

  private final Random random;
  private final List<String> targets;

  RandomTrees(long seed, String outside) {
    this.random = new Random(seed);
    this.targets = List.of("a", "b", "../../outside", "../../../outside/secret", outside, "/");
  }

  SortedMap<BytePath, Item> tree() {
    SortedMap<BytePath, Item> tree = new TreeMap<>();
    tree.put(BytePath.ROOT, Item.directory());
    int size = random.nextInt(14);
    for (int i = 0; i < size; i++) {
      add(tree);
    }
    return tree;
  }

  /** The tree after a few changes, maybe none. */
  SortedMap<BytePath, Item> edited(SortedMap<BytePath, Item> original) {
    SortedMap<BytePath, Item> tree = new TreeMap<>(original);
    int changes = random.nextInt(6);
    for (int i = 0; i < changes; i++) {
      BytePath path = pick(List.copyOf(tree.keySet()));
      switch (random.nextInt(6)) {
        case 0 -> add(tree);
        case 1 -> remove(tree, path);
        case 2 -> replace(tree, path);
        case 3 -> tree.computeIfPresent(path, (p, item) -> withOtherContent(item));
        default -> tree.computeIfPresent(path, (p, item) -> withOtherMetadata(item));
      }
    }
    return tree;
  }

  private void add(SortedMap<BytePath, Item> tree) {
    List<BytePath> directories = new ArrayList<>();
    tree.forEach(
        (path, item) -> {
          if (item.isDirectory() && depth(path) < DEPTH) {
            directories.add(path);
          }
        });
    BytePath path = pick(directories).resolve(pick(NAMES));
    tree.putIfAbsent(path, item());
  }

  private static void remove(SortedMap<BytePath, Item> tree, BytePath path) {
    if (!path.isRoot()) {
      tree.keySet().removeIf(each -> each.startsWith(path));
    }
  }

  private void replace(SortedMap<BytePath, Item> tree, BytePath path) {
    if (!path.isRoot()) {
      remove(tree, path);
      tree.put(path, item());
    }
  }

  private Item item() {
    Item item =
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> Item.directory();
          case 3 -> Item.link(pick(targets));
          case 4 -> random.nextBoolean() ? Item.fifo() : Item.device(3 + random.nextInt(3));
          default -> Item.file(content());
        };
    return random.nextInt(3) == 0 ? withOtherMetadata(item) : item;
  }

  /** Nothing, or some lines that may be edited one by one. */
  private String content() {
    return random.nextInt(4) == 0 ? "" : "one\ntwo\nthree\nfour\nfive\n" + random.nextInt(2);
  }

  private String edited(String content) {
    List<String> lines = new ArrayList<>(List.of(content.split("\n")));
    lines.set(random.nextInt(lines.size()), "edited " + random.nextInt(2));
    return String.join("\n", lines) + (random.nextBoolean() ? "\n" : "");
  }

  private Item withOtherContent(Item item) {
    return switch (item.type()) {
      case REGULAR -> item.withContent(edited(item.content()));
      case SYMLINK -> item.withContent(pick(targets));
      default -> item;
    };
  }

  private Item withOtherMetadata(Item item) {
    return switch (random.nextInt(5)) {
      case 0 -> item.withOwner(random.nextInt(3), random.nextInt(3));
      case 1 -> item.withXattr(pick(XATTRS), Integer.toString(random.nextInt(3)));
      case 2 -> item.withoutXattr(pick(XATTRS));
      default -> item.type() == FileType.SYMLINK ? item : item.withMode(pick(MODES));
    };
  }

  private static int depth(BytePath path) {
    return path.isRoot() ? 0 : 1 + depth(path.parent());
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
