package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plans between two images:
 *
 * <pre>
 * old                    new
 * lib/5.1/a.ko  a        lib/5.2/a.ko, the same
 * same          same     same
 * mode  0644             0600
 * big   one              two, of several blocks
 *                        twin-a, twin-b, twin-c  the same new content
 *                        empty-a, empty-b
 * gone/x
 * </pre>
 */
class PlannerIT {
  private static final String OLD =
      """
      mkdir -p lib/5.1 gone etc; echo a > lib/5.1/a.ko; echo same > same; echo mode > mode
      chmod 0644 mode; head -c 500000 /dev/urandom > big; echo x > gone/x; echo conf > etc/conf
      """;

  private static final String NEW =
      """
      mkdir -p lib/5.2 etc; echo a > lib/5.2/a.ko; echo same > same; echo mode > mode
      chmod 0600 mode; head -c 500000 /dev/urandom > big; echo conf > etc/conf
      for n in a b c; do head -c 200000 <(yes twins) > twin-$n; done; : > empty-a; : > empty-b
      """;

  @TempDir private static Path directory;
  private static Bundle older;
  private static Bundle newer;

  @BeforeAll
  static void pack() throws IOException {
    Images images = new Images(directory);
    older = images.pack("old", OLD);
    newer = images.pack("new", NEW);
  }

  @AfterAll
  static void close() throws IOException {
    older.close();
    newer.close();
  }

  private static Plan plan(Deviations deviations) throws IOException {
    return Planner.plan(
        ImageTree.of(older, ImagePart.ROOT),
        ImageTree.of(newer, ImagePart.ROOT),
        deviations,
        Patches.none());
  }

  private static List<String> paths(List<? extends Step> steps) {
    return steps.stream().map(step -> step.path().toString()).toList();
  }

  @Test
  void tree_itself_needs_only_what_deviates() throws IOException {
    ImageTree tree = ImageTree.of(newer, ImagePart.ROOT);
    assertThat(Planner.plan(tree, tree, Deviations.NONE, Patches.none()).isEmpty()).isTrue();

    Deviations changed = new Deviations(Set.of(BytePath.of("same")), Set.of());
    Plan plan = Planner.plan(tree, tree, changed, Patches.none());
    assertThat(paths(plan.writes())).containsExactly("same");
    assertThat(plan.touched()).containsExactlyInAnyOrder(BytePath.of("same"), BytePath.ROOT);
  }

  @Test
  void metadata_is_set_against_what_is_known_to_be_there() throws IOException {
    Plan plan = plan(Deviations.NONE);
    assertThat(plan.metadata())
        .filteredOn(step -> step.path().equals(BytePath.of("mode")))
        .singleElement()
        .satisfies(step -> assertThat(step.known().map(Inode::mode)).contains(0644));

    Deviations changed = new Deviations(Set.of(BytePath.ROOT), Set.of());
    assertThat(plan(changed).directoryMetadata())
        .filteredOn(step -> step.path().isRoot())
        .singleElement()
        .satisfies(step -> assertThat(step.known()).isEmpty());
  }

  @Test
  void image_to_itself_has_nothing_to_do() throws IOException {
    UpdatePlan plan = UpdatePlan.betweenImages(newer, newer);
    assertThat(plan.root().isEmpty()).isTrue();
    assertThat(plan.etc().isEmpty()).isTrue();
    assertThat(plan.downloadBytes(newer.image())).isZero();
  }

  @Test
  void content_of_a_renamed_directory_is_shared_with_the_base() throws IOException {
    Step.CloneFile clone = plan(Deviations.NONE).clones().get(0);
    assertThat(clone.path()).isEqualTo(BytePath.of("lib/5.2/a.ko"));
    assertThat(clone.source()).isEqualTo(BytePath.of("lib/5.1/a.ko"));
    assertThat(clone.origin()).isEqualTo(Step.Origin.BASE);
  }

  @Test
  void content_that_is_there_twice_is_written_once() throws IOException {
    Plan plan = plan(Deviations.NONE);
    assertThat(paths(plan.writes())).containsExactly("big", "empty-a", "empty-b", "twin-a");
    assertThat(plan.clones().stream().filter(c -> c.origin() == Step.Origin.TARGET))
        .extracting(c -> c.path() + " from " + c.source())
        .containsExactly("twin-b from twin-a", "twin-c from twin-a");
  }

  @Test
  void metadata_alone_is_set_and_what_is_the_same_is_left_alone() throws IOException {
    Plan plan = plan(Deviations.NONE);
    assertThat(paths(plan.metadata())).containsExactly("mode");
    assertThat(plan.steps().map(step -> step.path().toString())).doesNotContain("same");
  }

  @Test
  void only_the_topmost_path_of_what_is_gone_is_removed() throws IOException {
    assertThat(paths(plan(Deviations.NONE).removals())).containsExactly("gone", "lib/5.1");
  }

  @Test
  void file_that_deviates_is_written_and_shares_nothing() throws IOException {
    Plan plan =
        plan(
            new Deviations(
                Set.of(BytePath.of("same"), BytePath.of("lib/5.1/a.ko")),
                Set.of(BytePath.of("stray"))));
    assertThat(paths(plan.writes())).contains("same", "lib/5.2/a.ko");
    assertThat(paths(plan.removals())).contains("stray");
    assertThat(plan.clones()).extracting(Step.CloneFile::origin).containsOnly(Step.Origin.TARGET);
  }

  @Test
  void image_ranges_are_the_stored_bytes_of_what_is_written() throws IOException {
    UpdatePlan plan = UpdatePlan.betweenImages(older, newer);
    List<ByteRange> ranges = plan.imageRanges(newer.image());

    assertThat(ranges).isEqualTo(ByteRange.coalesce(ranges));
    for (String name : List.of("big", "twin-a")) {
      Inode.RegularFile file =
          (Inode.RegularFile) newer.tree().get(BytePath.of(name)).orElseThrow();
      for (DataBlock block : newer.image().blocks(file)) {
        assertThat(ranges)
            .anyMatch(r -> r.offset() <= block.offset() && block.stored().end() <= r.end());
      }
    }
    // Random bytes don't get smaller; what yes says takes next to nothing.
    assertThat(plan.downloadBytes(newer.image())).isBetween(500_000L, 510_000L);
  }
}
