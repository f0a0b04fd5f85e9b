package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Odd names, and those of what is put beside. */
final class EtcMergeNamesIT {
  private EtcDisk etc;

  @BeforeEach
  void makeDisk() throws IOException {
    etc = EtcDisk.create();
  }

  @AfterEach
  void closeDisk() throws IOException {
    etc.close();
  }

  private static void put(Dir tree, String path, Item item) throws IOException {
    item.put(tree, BytePath.of(path));
  }

  private Item result(String path) throws IOException {
    return Item.read(etc.result, BytePath.of(path));
  }

  private boolean exists(String path) throws IOException {
    return etc.result.find(BytePath.of(path)).isPresent();
  }

  private List<String> merge() throws IOException {
    return Reports.lines(etc.merge());
  }

  @Test
  void file_beside_that_an_earlier_merge_made_is_replaced() throws Exception {
    etc.everywhere("file", Item.file("v1"));
    put(etc.local, "file", Item.file("mine"));
    put(etc.local, "file.tiu-new", Item.file("v1"));
    put(etc.image, "file", Item.file("v2"));
    assertThat(merge()).containsExactly("file KEPT_LOCAL, beside file.tiu-new");
    assertThat(result("file.tiu-new")).isEqualTo(Item.file("v2"));
  }

  @Test
  void file_of_the_admins_with_the_name_beside_is_never_touched() throws Exception {
    etc.everywhere("file", Item.file("v1"));
    put(etc.local, "file", Item.file("mine"));
    put(etc.local, "file.tiu-new", Item.file("mine too"));
    put(etc.image, "file", Item.file("v2"));
    assertThat(merge()).containsExactly("file KEPT_LOCAL, beside file.tiu-new-2");
    assertThat(result("file.tiu-new")).isEqualTo(Item.file("mine too"));
    assertThat(result("file.tiu-new-2")).isEqualTo(Item.file("v2"));
  }

  @Test
  void image_with_a_file_of_the_name_beside_has_it_live() throws Exception {
    etc.everywhere("file", Item.file("v1"));
    put(etc.local, "file", Item.file("mine"));
    put(etc.image, "file", Item.file("v2"));
    put(etc.image, "file.tiu-new", Item.file("the image's own"));
    assertThat(merge())
        .containsExactly("file KEPT_LOCAL, beside file.tiu-new-2", "file.tiu-new ADDED");
    assertThat(result("file.tiu-new")).isEqualTo(Item.file("the image's own"));
    assertThat(result("file.tiu-new-2")).isEqualTo(Item.file("v2"));
  }

  @Test
  void long_names_that_are_cut_alike_lie_beside_each_other() throws Exception {
    String prefix = "x".repeat(BytePath.NAME_MAX - 1);
    for (String end : List.of("1", "2")) {
      etc.everywhere(prefix + end, Item.file("v1"));
      put(etc.local, prefix + end, Item.file("mine"));
      put(etc.image, prefix + end, Item.file("same new content"));
    }
    String first = "x".repeat(BytePath.NAME_MAX - 8) + ".tiu-new";
    String second = "x".repeat(BytePath.NAME_MAX - 10) + ".tiu-new-2";
    assertThat(merge())
        .containsExactly(
            prefix + "1 KEPT_LOCAL, beside " + first, prefix + "2 KEPT_LOCAL, beside " + second);
    assertThat(exists(first)).isTrue();
    assertThat(exists(second)).isTrue();
  }

  @Test
  void case_49_names_that_are_no_text_or_have_a_newline_stay_as_they_are() throws Exception {
    BytePath name = BytePath.ofBytes("\u00ff\n\u0080".getBytes(ISO_8859_1));
    BytePath beside = BytePath.ofBytes("\u00ff\n\u0080.tiu-new".getBytes(ISO_8859_1));
    for (Dir tree : List.of(etc.base, etc.local, etc.image)) {
      Item.file(tree.toString()).put(tree, name);
    }
    MergeReport report = etc.merge();
    assertThat(report.entries())
        .containsExactly(MergeEntry.of(name, MergeEntry.Outcome.KEPT_LOCAL).withBeside(beside));
    assertThat(Item.read(etc.result, name)).isEqualTo(Item.file(etc.local.toString()));
    assertThat(Item.read(etc.result, beside)).isEqualTo(Item.file(etc.image.toString()));
  }

  @Test
  void tree_deeper_than_a_path_merges() throws Exception {
    BytePath name = BytePath.of("d".repeat(BytePath.NAME_MAX));
    for (Dir tree : List.of(etc.base, etc.local, etc.image)) {
      atDepth(20, tree, name, dir -> put(dir, "file", Item.file("old")));
    }
    atDepth(20, etc.image, name, dir -> put(dir, "file", Item.file("new")));
    atDepth(25, etc.image, name, dir -> put(dir, "file", Item.file("new")));
    assertThat(etc.merge().entries())
        .extracting(MergeEntry::outcome)
        .containsExactly(MergeEntry.Outcome.ADDED, MergeEntry.Outcome.UPDATED);
    atDepth(
        20,
        etc.result,
        name,
        dir -> assertThat(Item.read(dir, BytePath.of("file"))).isEqualTo(Item.file("new")));
    atDepth(
        25,
        etc.result,
        name,
        dir -> assertThat(Item.read(dir, BytePath.of("file"))).isEqualTo(Item.file("new")));
  }

  private interface Action {
    void on(Dir dir) throws IOException;
  }

  private static void atDepth(int depth, Dir dir, BytePath name, Action action) throws IOException {
    if (depth == 0) {
      action.on(dir);
      return;
    }
    if (dir.find(name).isEmpty()) {
      dir.makeDir(name, 0755);
    }
    try (Dir below = dir.openDir(name)) {
      atDepth(depth - 1, below, name, action);
    }
  }
}
