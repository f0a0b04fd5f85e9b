package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.etcmerge.MergeEntry.Outcome;
import dev.tiu.etcmerge.text.LineMerge;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import dev.tiu.linux.TreeCopy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for any three trees. The number of a failure's run is its seed. */
final class EtcMergePropertyIT {
  private static final int RUNS = Integer.getInteger("tiu.merges", 600);
  private static final BytePath RUN = BytePath.of("run");

  private EtcDisk etc;

  @BeforeEach
  void makeDisk() throws IOException {
    etc = EtcDisk.create();
  }

  @AfterEach
  void closeDisk() throws IOException {
    etc.close();
  }

  private record Triple(
      SortedMap<BytePath, Item> base,
      SortedMap<BytePath, Item> local,
      SortedMap<BytePath, Item> image) {}

  private record Merged(SortedMap<BytePath, Item> tree, MergeReport report) {}

  private interface Property {
    void check(Triple triple) throws IOException;
  }

  private void always(Property property) throws IOException {
    for (int seed = 1; seed <= RUNS; seed++) {
      RandomTrees random = new RandomTrees(seed, etc.path("outside").toString());
      SortedMap<BytePath, Item> base = random.tree();
      try {
        property.check(new Triple(base, random.edited(base), random.edited(base)));
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** Merges on disk, twice into one result, and checks that nothing else was changed. */
  private Merged merge(Triple triple) throws IOException {
    etc.top.makeDir(RUN, 0755);
    try (Dir run = etc.top.openDir(RUN)) {
      SortedMap<BytePath, Item> outside = tree(etc.top, "outside");
      put(triple.base(), run, "base");
      put(triple.local(), run, "local");
      put(triple.image(), run, "image");
      TreeCopy.copy(run, BytePath.of("local"), run, BytePath.of("result"));
      MergeReport report = mergeInto(run, "base", "result");
      Merged merged = new Merged(tree(run, "result"), report);
      MergeReport again = mergeInto(run, "base", "result");
      assertThat(new Merged(tree(run, "result"), again))
          .as("merged again")
          .isEqualTo(new Merged(merged.tree(), lasting(report)));
      MergeReport next = mergeInto(run, "image", "result");
      // A FIFO that the old image shipped and the new one doesn't is the device's own from now on.
      assertThat(next.entries()).allMatch(entry -> entry.outcome() == Outcome.LEFT_OUT);
      if (next.entries().isEmpty()) {
        assertThat(tree(run, "result")).as("merged with no change").isEqualTo(merged.tree());
      }
      assertThat(tree(run, "base")).isEqualTo(triple.base());
      assertThat(tree(run, "image")).isEqualTo(triple.image());
      assertThat(tree(etc.top, "outside")).isEqualTo(outside);
      return merged;
    } finally {
      etc.top.removeTree(RUN);
    }
  }

  /** What still is to be said when the merge is done again. */
  private static MergeReport lasting(MergeReport report) {
    return new MergeReport(
        report.conflicts().stream()
            .filter(e -> e.outcome() != Outcome.MADE_WAY && e.outcome() != Outcome.LEFT_OUT)
            .toList());
  }

  /** The device's tree as a merge begins with it: without what only running programs use. */
  private static SortedMap<BytePath, Item> carried(Triple triple) {
    SortedMap<BytePath, Item> carried = new TreeMap<>(triple.local());
    carried.entrySet().removeIf(entry -> isLeftOut(triple, entry.getKey()));
    return carried;
  }

  private static boolean isLeftOut(Triple triple, BytePath path) {
    Item item = triple.local().get(path);
    return item != null
        && !isBeside(path)
        && Set.of(FileType.FIFO, FileType.CHARACTER_DEVICE).contains(item.type())
        && !isOf(item.type(), triple.base().get(path))
        && !isOf(item.type(), triple.image().get(path));
  }

  private static boolean isOf(FileType type, @Nullable Item item) {
    return item != null && item.type() == type;
  }

  private static void put(SortedMap<BytePath, Item> tree, Dir run, String name) throws IOException {
    run.makeDir(BytePath.of(name), 0755);
    try (Dir dir = run.openDir(BytePath.of(name))) {
      Item.putTree(tree, dir);
    }
  }

  private static SortedMap<BytePath, Item> tree(Dir dir, String name) throws IOException {
    try (Dir tree = dir.openDir(BytePath.of(name))) {
      return Item.readTree(tree);
    }
  }

  private static MergeReport mergeInto(Dir run, String base, String result) throws IOException {
    try (Dir from = run.openDir(BytePath.of(base));
        Dir image = run.openDir(BytePath.of("image"));
        Dir to = run.openDir(BytePath.of(result))) {
      return EtcMerge.merge(from, image, to, MergeSettings.DEFAULT);
    }
  }

  @Test
  void device_that_changed_nothing_gets_the_image() throws Exception {
    always(
        t -> {
          Merged merged = merge(new Triple(t.base(), t.base(), t.image()));
          assertThat(merged.tree()).isEqualTo(t.image());
          assertThat(merged.report().conflicts()).isEmpty();
        });
  }

  @Test
  void image_that_changed_nothing_leaves_the_device_alone() throws Exception {
    always(
        t -> {
          Triple triple = new Triple(t.base(), t.local(), t.base());
          Merged merged = merge(triple);
          assertThat(merged.tree()).isEqualTo(carried(triple));
          assertThat(merged.report().entries())
              .allMatch(entry -> entry.outcome() == Outcome.LEFT_OUT);
        });
  }

  @Test
  void device_that_has_what_the_image_has_stays() throws Exception {
    always(
        t -> {
          Merged merged = merge(new Triple(t.base(), t.image(), t.image()));
          assertThat(merged).isEqualTo(new Merged(t.image(), MergeReport.NOTHING));
        });
  }

  @Test
  void same_trees_give_the_same_result() throws Exception {
    always(t -> assertThat(merge(t)).isEqualTo(merge(t)));
  }

  @Test
  void no_change_of_the_admins_is_undone() throws Exception {
    always(
        t -> {
          SortedMap<BytePath, Item> result = merge(t).tree();
          carried(t)
              .forEach(
                  (path, item) -> {
                    if (hasMadeWay(t, path)) {
                      return;
                    }
                    if (!t.base().containsKey(path) && !isBeside(path)) {
                      assertThat(result).as("own %s", path).containsEntry(path, item);
                    } else if (t.base().containsKey(path)) {
                      assertKeepsChanges(t, path, item, result.get(path));
                    }
                  });
          for (BytePath path : t.base().keySet()) {
            if (!t.local().containsKey(path)) {
              assertThat(result).as("removed").doesNotContainKey(path);
            }
          }
        });
  }

  /** What an earlier merge put beside may be replaced by a newer one. */
  private static boolean isBeside(BytePath path) {
    return path.toString().contains(".tiu-new") || path.toString().contains(".tiu-orig");
  }

  /** Whether it is a file in whose place the image now has a directory. */
  private static boolean hasMadeWay(Triple triple, BytePath path) {
    Item local = triple.local().get(path);
    return local != null
        && local.type() == FileType.REGULAR
        && isOf(FileType.DIRECTORY, triple.image().get(path))
        && !isOf(FileType.DIRECTORY, triple.base().get(path));
  }

  /** What both changed, in lines that don't touch or in the mode, comes together. */
  private static Item expected(Item base, Item local, @Nullable Item image) {
    if (image == null || image.type() != base.type() || local.type() != base.type()) {
      return local;
    }
    Item expected = local;
    if (base.type() == FileType.REGULAR) {
      Optional<byte[]> merged = LineMerge.merge(bytes(base), bytes(local), bytes(image));
      expected = expected.withContent(merged.map(EtcMergePropertyIT::text).orElse(local.content()));
    }
    boolean both = base.mode() != image.mode() && local.mode() != image.mode();
    int sticky = (local.mode() | image.mode()) & 01000;
    return both ? expected.withMode((local.mode() & image.mode() & ~01000) | sticky) : expected;
  }

  private static byte[] bytes(Item item) {
    return item.content().getBytes(ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static void assertKeepsChanges(
      Triple triple, BytePath path, Item local, @Nullable Item result) {
    Item base = Objects.requireNonNull(triple.base().get(path));
    Item expected = expected(base, local, triple.image().get(path));
    if (base.type() != local.type() || !base.content().equals(local.content())) {
      assertThat(result).as("changed %s", path).isNotNull();
    }
    if (result == null) {
      assertThat(local).as("removed %s", path).isEqualTo(base);
      return;
    }
    if (base.type() != local.type() || !base.content().equals(local.content())) {
      assertThat(result.type()).as("type of %s", path).isEqualTo(local.type());
      assertThat(result.content()).as("content of %s", path).isEqualTo(expected.content());
    }
    if (base.mode() != local.mode()) {
      assertThat(result.mode()).as("mode of %s", path).isEqualTo(expected.mode());
    }
    if (base.uid() != local.uid() || base.gid() != local.gid()) {
      assertThat(List.of(result.uid(), result.gid()))
          .as("owner of %s", path)
          .containsExactly(local.uid(), local.gid());
    }
    for (String name : List.of("trusted.a", "trusted.b")) {
      if (!Objects.equals(base.xattrs().get(name), local.xattrs().get(name))) {
        assertThat(result.xattrs().get(name))
            .as("%s of %s", name, path)
            .isEqualTo(local.xattrs().get(name));
      }
    }
  }

  @Test
  void what_nobody_changed_here_becomes_the_images() throws Exception {
    always(
        t -> {
          Merged merged = merge(t);
          SortedMap<BytePath, Item> result = withoutKeptLinks(merged);
          TreeSet<BytePath> paths = new TreeSet<>(t.base().keySet());
          paths.addAll(t.image().keySet());
          for (BytePath path : paths) {
            if (isReached(t, path) && below(t.base(), path).equals(below(t.local(), path))) {
              assertThat(below(result, path))
                  .as("below %s", path)
                  .isEqualTo(below(t.image(), path));
            }
          }
        });
  }

  /** Those stay for the sake of what was changed elsewhere. */
  private static SortedMap<BytePath, Item> withoutKeptLinks(Merged merged) {
    SortedMap<BytePath, Item> tree = new TreeMap<>(merged.tree());
    merged.report().entries().stream()
        .filter(entry -> entry.outcome() == Outcome.KEPT_LINK)
        .forEach(entry -> tree.remove(entry.path()));
    return tree;
  }

  /** Whether the path lies in a directory that all three have. */
  private static boolean isReached(Triple triple, BytePath path) {
    if (path.isRoot()) {
      return true;
    }
    for (SortedMap<BytePath, Item> tree : List.of(triple.base(), triple.local(), triple.image())) {
      Item parent = tree.get(path.parent());
      if (parent == null || !parent.isDirectory()) {
        return false;
      }
    }
    return isReached(triple, path.parent());
  }

  private static SortedMap<BytePath, Item> below(SortedMap<BytePath, Item> tree, BytePath path) {
    SortedMap<BytePath, Item> below = new TreeMap<>(tree);
    below.keySet().removeIf(each -> !each.startsWith(path));
    return below;
  }

  @Test
  void report_has_every_difference_and_nothing_else() throws Exception {
    always(
        t -> {
          Merged merged = merge(t);
          List<BytePath> different = differences(t.local(), merged.tree());
          for (BytePath path : different) {
            assertThat(merged.report().entries())
                .as("about %s", path)
                .anyMatch(entry -> accountsFor(entry, path));
          }
          for (MergeEntry entry : merged.report().entries()) {
            if (!entry.outcome().isConflict()) {
              assertThat(different).as("of %s", entry).anyMatch(p -> accountsFor(entry, p));
            }
            entry.beside().ifPresent(path -> assertBeside(t, merged.tree(), entry.path(), path));
          }
        });
  }

  private static void assertBeside(
      Triple triple, SortedMap<BytePath, Item> result, BytePath path, BytePath beside) {
    boolean original = beside.toString().contains(".tiu-orig");
    SortedMap<BytePath, Item> tree = original ? triple.local() : triple.image();
    List<Item> expected = List.copyOf(below(tree, path).values());
    assertThat(below(result, beside).values())
        .as("beside %s", path)
        .containsExactlyElementsOf(expected);
  }

  private static List<BytePath> differences(
      SortedMap<BytePath, Item> a, SortedMap<BytePath, Item> b) {
    TreeSet<BytePath> paths = new TreeSet<>(a.keySet());
    paths.addAll(b.keySet());
    List<BytePath> different = new ArrayList<>(paths);
    different.removeIf(path -> Objects.equals(a.get(path), b.get(path)));
    return different;
  }

  private static boolean accountsFor(MergeEntry entry, BytePath path) {
    if (entry.beside().map(path::startsWith).orElse(false)) {
      return true;
    }
    return switch (entry.outcome()) {
      case UPDATED, ADDED, REMOVED, MADE_WAY -> path.startsWith(entry.path());
      case UPDATED_METADATA, MERGED, STRICTER_MODE, LEFT_OUT -> path.equals(entry.path());
      case KEPT_LOCAL, KEPT_REMOVED, KEPT_THOUGH_DROPPED, KEPT_LINK, KEPT_LOCAL_METADATA -> false;
      default -> throw new AssertionError("needs settings: " + entry);
    };
  }

  /** Else the properties would hold because nothing ever happens. */
  @Test
  void random_trees_meet_in_every_way() throws Exception {
    TreeSet<Outcome> seen = new TreeSet<>();
    always(t -> merge(t).report().entries().forEach(entry -> seen.add(entry.outcome())));
    assertThat(seen)
        .containsExactlyInAnyOrder(
            Outcome.UPDATED,
            Outcome.UPDATED_METADATA,
            Outcome.ADDED,
            Outcome.REMOVED,
            Outcome.MERGED,
            Outcome.MADE_WAY,
            Outcome.LEFT_OUT,
            Outcome.STRICTER_MODE,
            Outcome.KEPT_LOCAL,
            Outcome.KEPT_REMOVED,
            Outcome.KEPT_THOUGH_DROPPED,
            Outcome.KEPT_LOCAL_METADATA);
  }
}
