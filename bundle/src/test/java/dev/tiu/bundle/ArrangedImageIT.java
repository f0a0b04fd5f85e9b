package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images laid out after an earlier one, as mksquashfs really does it.
 *
 * <pre>
 * tree/  small/1 … small/60: 20 kB each    large/1 … large/9: 400 kB each
 *        link = small/3                    sparse, with a piece of 1 MiB in the middle
 * </pre>
 */
final class ArrangedImageIT {
  private static final String TREE =
      """
      mkdir -p tree/small tree/large; cd tree
      for i in {1..60}; do head -c 20000 /dev/urandom > small/$i; done
      for i in {1..9}; do head -c 400000 /dev/urandom > large/$i; done
      ln small/3 link
      truncate -s 20M sparse; head -c 1048576 /dev/urandom | dd of=sparse bs=1M seek=9 conv=notrunc status=none
      """;

  /** Every fifth small file, so that each fragment block has one, and two large ones. */
  private static final String CHANGE =
      """
      for i in {5..60..5}; do head -c 20000 /dev/urandom > small/$i; done
      for i in 2 6; do head -c 400000 /dev/urandom > large/$i; done
      mv small/1 small/renamed
      """;

  private static final String CONTENT = "find . -type f -print0 | sort -z | xargs -0 sha256sum";

  @TempDir private Path directory;
  private BundleKit kit;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    kit = new BundleKit(directory);
    BundleKit.shell(directory, TREE);
    tree = directory.resolve("tree");
    kit.pack(BundleKit.spec("zstd:1"), tree, path("1.tiu"));
    BundleKit.shell(tree, CHANGE);
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private BundleWriter writerAfter(String previous) throws IOException {
    Trust trust = Trust.insecureWithoutSignature();
    try (Bundle bundle = Bundle.open(FileSource.open(path(previous)), trust)) {
      return kit.writer(BundleKit.spec("zstd:1")).following(ContentOrder.of(bundle));
    }
  }

  /** Offsets of the stored blocks of all contents that another image doesn't have, and has. */
  private record Blocks(Set<Long> added, Set<Long> shared) {}

  private Blocks blocks(String image, String previous) throws IOException {
    try (Bundle before = kit.open(path(previous));
        Bundle after = kit.open(path(image))) {
      Set<Bytes> known = new HashSet<>();
      for (Inode inode : before.tree().entries().values()) {
        known.add(Bytes.of(before.contentTable().digest(inode.number())));
      }
      Blocks blocks = new Blocks(new TreeSet<>(), new TreeSet<>());
      for (Inode inode : after.tree().entries().values()) {
        if (inode instanceof Inode.RegularFile file) {
          boolean shared = known.contains(Bytes.of(after.contentTable().digest(file.number())));
          for (DataBlock block : after.image().blocks(file)) {
            if (!block.hole()) {
              (shared ? blocks.shared : blocks.added).add(block.offset());
            }
          }
        }
      }
      return blocks;
    }
  }

  /** That what is new lies behind all else, but for the one fragment that both share. */
  private void assertClustered(String image, String previous) throws IOException {
    Blocks blocks = blocks(image, previous);
    long first = blocks.added.stream().min(Long::compare).orElseThrow();
    assertThat(blocks.shared.stream().filter(offset -> offset >= first))
        .isSubsetOf(blocks.added)
        .hasSizeLessThanOrEqualTo(1);
    assertThat(blocks.shared).hasSizeGreaterThan(5);
  }

  private String unpacked(String image) throws IOException {
    BundleKit.shell(directory, "rm -rf unpacked; unsquashfs -q -n -d unpacked " + image);
    return BundleKit.shell(path("unpacked"), CONTENT);
  }

  @Test
  void new_contents_lie_together_at_the_end() throws Exception {
    kit.pack(BundleKit.spec("zstd:1"), tree, path("plain.tiu"));
    Blocks plain = blocks("plain.tiu", "1.tiu");
    assertThat(plain.added).as("else they share fragments").containsAnyElementsOf(plain.shared);
    writerAfter("1.tiu").writeDirectory(tree, path("2.tiu"));
    assertClustered("2.tiu", "1.tiu");
  }

  @Test
  void tree_is_the_same_in_either_order() throws Exception {
    writerAfter("1.tiu").writeDirectory(tree, path("2.tiu"));
    assertThat(unpacked("2.tiu")).isEqualTo(BundleKit.shell(tree, CONTENT));
    assertThat(BundleKit.shell(path("unpacked"), "stat -c %h link small/3")).isEqualTo("2\n2");
    try (Bundle open = kit.open(path("2.tiu"))) {
      open.verify(2, Progress.NONE);
    }
  }

  @Test
  void same_tree_and_previous_image_give_the_same_bytes() throws Exception {
    Manifest first = writerAfter("1.tiu").writeDirectory(tree, path("2.tiu"));
    Manifest second = writerAfter("1.tiu").writeDirectory(tree, path("again.tiu"));
    assertThat(second).isEqualTo(first);
    BundleKit.shell(directory, "cmp -n " + first.cmsOffset() + " 2.tiu again.tiu");
  }

  @Test
  void archives_of_any_kind_are_laid_out_alike() throws Exception {
    BundleKit.shell(
        directory, "tar -C tree --numeric-owner --sparse -cf os.tar .; zstd -1 -q os.tar");
    Manifest plain = writerAfter("1.tiu").writeTar(path("os.tar"), path("plain.tiu"));
    Manifest packed = writerAfter("1.tiu").writeTar(path("os.tar.zst"), path("packed.tiu"));
    try (InputStream pipe = Files.newInputStream(path("os.tar"))) {
      Manifest piped = writerAfter("1.tiu").writeTar(pipe, "standard input", path("piped.tiu"));
      assertThat(piped).isEqualTo(plain).isEqualTo(packed);
    }
    assertClustered("plain.tiu", "1.tiu");
    assertThat(unpacked("plain.tiu")).isEqualTo(BundleKit.shell(tree, CONTENT));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.filter(file -> file.toString().contains("partial"))).isEmpty();
    }
  }

  @Test
  void device_that_left_out_an_image_finds_one_stretch_too() throws Exception {
    writerAfter("1.tiu").writeDirectory(tree, path("2.tiu"));
    BundleKit.shell(tree, "for i in {2..60..7}; do head -c 20000 /dev/urandom > small/$i; done");
    writerAfter("2.tiu").writeDirectory(tree, path("3.tiu"));
    assertClustered("3.tiu", "2.tiu");
    assertClustered("3.tiu", "1.tiu");
  }

  @Test
  void what_is_shared_keeps_its_order() throws Exception {
    writerAfter("1.tiu").writeDirectory(tree, path("2.tiu"));
    for (boolean tails : new boolean[] {true, false}) {
      List<Bytes> before = contents("1.tiu", tails);
      List<Bytes> after = contents("2.tiu", tails);
      before.retainAll(after);
      assertThat(before).hasSizeGreaterThan(5);
      assertThat(after.subList(0, before.size())).isEqualTo(before);
    }
  }

  /** All contents as they lie, of those that are tails in fragments or of all others. */
  private List<Bytes> contents(String image, boolean tails) throws IOException {
    try (Bundle open = kit.open(path(image))) {
      record Place(long offset, int skip, Bytes digest) {}
      List<Place> places = new ArrayList<>();
      for (Inode inode : open.tree().entries().values()) {
        if (inode instanceof Inode.RegularFile file) {
          DataBlock block =
              open.image().blocks(file).stream().filter(b -> !b.hole()).findFirst().orElseThrow();
          if (block.fragment().isPresent() == tails) {
            Bytes digest = Bytes.of(open.contentTable().digest(file.number()));
            places.add(new Place(block.offset(), block.skip(), digest));
          }
        }
      }
      places.sort(Comparator.comparingLong(Place::offset).thenComparingInt(Place::skip));
      return new ArrayList<>(places.stream().map(Place::digest).distinct().toList());
    }
  }
}
