package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of single files; links, directories and names have tests of their own. */
final class EtcMergeIT {
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
  void what_only_the_image_changed_is_taken() throws Exception {
    etc.everywhere("changed", Item.file("old"));
    etc.everywhere("dropped", Item.file("old"));
    put(etc.image, "changed", Item.file("new"));
    etc.image.unlink(BytePath.of("dropped"));
    put(etc.image, "added", Item.file("new").withMode(0600).withOwner(3, 4));
    assertThat(merge()).containsExactly("added ADDED", "changed UPDATED", "dropped REMOVED");
    assertThat(Item.readTree(etc.result)).isEqualTo(Item.readTree(etc.image));
  }

  @Test
  void what_the_image_is_known_not_to_touch_is_not_looked_at() throws Exception {
    etc.everywhere("directory", Item.directory());
    for (String path : List.of("touched", "left", "directory/touched", "directory/left")) {
      etc.everywhere(path, Item.file("old"));
      put(etc.image, path, Item.file("new"));
    }
    Set<BytePath> touched =
        Set.of(
            BytePath.ROOT,
            BytePath.of("touched"),
            BytePath.of("directory"),
            BytePath.of("directory/touched"));

    MergeReport report =
        EtcMerge.merge(
            etc.base, etc.image, etc.result, MergeSettings.DEFAULT.withTouched(touched::contains));

    assertThat(Reports.lines(report))
        .containsExactly("directory/touched UPDATED", "touched UPDATED");
    assertThat(result("left")).isEqualTo(Item.file("old"));
    assertThat(result("directory/left")).isEqualTo(Item.file("old"));
  }

  @Test
  void what_the_image_dropped_with_its_directory_is_dropped() throws Exception {
    etc.everywhere("kept", Item.directory());
    etc.everywhere("dropped", Item.directory());
    etc.everywhere("dropped/deep", Item.directory());
    etc.everywhere("dropped/deep/file", Item.file("old"));
    etc.image.removeTree(BytePath.of("dropped"));
    Set<BytePath> touched = Set.of(BytePath.ROOT, BytePath.of("dropped"));

    MergeReport report = etc.merge(MergeSettings.DEFAULT.withTouched(touched::contains));

    assertThat(Reports.lines(report))
        .containsExactly("dropped REMOVED", "dropped/deep REMOVED", "dropped/deep/file REMOVED");
    assertThat(exists("dropped")).isFalse();
  }

  @Test
  void content_taken_from_the_image_has_its_time() throws Exception {
    etc.everywhere("changed", Item.file("old"));
    put(etc.image, "changed", Item.file("new"));
    etc.image.setModificationTime(BytePath.of("changed"), 1_234_567_890, 42);
    etc.merge();
    FileStatus status = etc.result.status(BytePath.of("changed"));
    assertThat(status.mtimeSeconds()).isEqualTo(1_234_567_890);
    assertThat(status.mtimeNanos()).isEqualTo(42);
  }

  private void touch(Dir tree, String path, long seconds) throws IOException {
    tree.setModificationTime(BytePath.of(path), seconds, 0);
  }

  private long time(String path) throws IOException {
    return etc.result.status(BytePath.of(path)).mtimeSeconds();
  }

  @Test
  void what_nobody_touched_here_has_the_new_images_time() throws Exception {
    etc.everywhere("dir", Item.directory());
    etc.everywhere("dir/file", Item.file("same"));
    etc.everywhere("link", Item.link("target"));
    put(etc.image, "dir/added", Item.file("new"));
    for (String path : List.of("dir/file", "dir", "link", "")) {
      touch(etc.base, path, 1000);
      touch(etc.local, path, 1000);
      touch(etc.image, path, 2000);
    }
    assertThat(merge()).containsExactly("dir/added ADDED");
    assertThat(List.of(time("dir/file"), time("dir"), time("link"), time(""))).containsOnly(2000L);
  }

  @Test
  void time_that_the_admins_own_work_left_stays() throws Exception {
    etc.everywhere("touched", Item.file("same"));
    etc.everywhere("linked", Item.file("same"));
    etc.everywhere("edited", Item.file("old"));
    put(etc.local, "edited", Item.file("mine"));
    etc.local.link(BytePath.of("linked"), BytePath.of("own"));
    for (String path : List.of("touched", "linked", "edited")) {
      touch(etc.base, path, 1000);
      touch(etc.local, path, path.equals("linked") ? 1000 : 1500);
      touch(etc.image, path, 2000);
    }
    assertThat(merge()).isEmpty();
    assertThat(List.of(time("touched"), time("edited"))).containsOnly(1500L);
    assertThat(List.of(time("linked"), time("own"))).containsOnly(1000L);
  }

  @Test
  void what_only_the_admin_changed_stays() throws Exception {
    etc.everywhere("edited", Item.file("old"));
    etc.everywhere("removed", Item.file("old"));
    etc.everywhere("chmod", Item.file("old"));
    etc.everywhere("chown", Item.file("old"));
    etc.everywhere("xattr", Item.file("old"));
    put(etc.local, "edited", Item.file("mine"));
    etc.local.unlink(BytePath.of("removed"));
    put(etc.local, "chmod", Item.file("old").withMode(0600));
    put(etc.local, "chown", Item.file("old").withOwner(5, 6));
    put(etc.local, "xattr", Item.file("old").withXattr("user.x", "mine"));
    put(etc.local, "own", Item.file("mine"));
    assertThat(merge()).isEmpty();
    assertThat(Item.readTree(etc.result)).isEqualTo(Item.readTree(etc.local));
  }

  @Test
  void same_change_on_both_sides_is_no_conflict() throws Exception {
    etc.everywhere("changed", Item.file("old"));
    etc.everywhere("dropped", Item.file("old"));
    for (Dir tree : List.of(etc.local, etc.image)) {
      put(tree, "changed", Item.file("new").withMode(0600));
      tree.unlink(BytePath.of("dropped"));
      put(tree, "added", Item.file("new"));
    }
    assertThat(merge()).isEmpty();
    assertThat(Item.readTree(etc.result)).isEqualTo(Item.readTree(etc.image));
  }

  @Test
  void content_changed_on_both_sides_keeps_the_local_one_live() throws Exception {
    etc.everywhere("file", Item.file("old"));
    put(etc.local, "file", Item.file("mine"));
    put(etc.image, "file", Item.file("new").withMode(0640).withXattr("user.x", "y"));
    assertThat(merge())
        .containsExactly("file UPDATED_METADATA", "file KEPT_LOCAL, beside file.tiu-new");
    assertThat(result("file")).isEqualTo(Item.file("mine").withMode(0640).withXattr("user.x", "y"));
    assertThat(result("file.tiu-new"))
        .isEqualTo(Item.file("new").withMode(0640).withXattr("user.x", "y"));
  }

  @Test
  void file_added_on_both_sides_keeps_the_local_one_live() throws Exception {
    put(etc.local, "file", Item.file("mine").withMode(0600));
    put(etc.image, "file", Item.file("new"));
    assertThat(merge()).containsExactly("file KEPT_LOCAL, beside file.tiu-new");
    assertThat(result("file")).isEqualTo(Item.file("mine").withMode(0600));
    assertThat(result("file.tiu-new")).isEqualTo(Item.file("new"));
  }

  @Test
  void file_added_on_both_sides_with_another_mode_keeps_the_local_one() throws Exception {
    put(etc.local, "file", Item.file("same").withMode(0600));
    put(etc.image, "file", Item.file("same").withXattr("user.x", "y"));
    assertThat(merge()).containsExactly("file KEPT_LOCAL_METADATA");
    assertThat(result("file")).isEqualTo(Item.file("same").withMode(0600));
  }

  @Test
  void removed_here_and_changed_in_the_image_lies_beside() throws Exception {
    etc.everywhere("file", Item.file("old"));
    etc.local.unlink(BytePath.of("file"));
    put(etc.image, "file", Item.file("new"));
    assertThat(merge()).containsExactly("file KEPT_REMOVED, beside file.tiu-new");
    assertThat(exists("file")).isFalse();
    assertThat(result("file.tiu-new")).isEqualTo(Item.file("new"));
  }

  @Test
  void changed_here_and_dropped_by_the_image_stays() throws Exception {
    etc.everywhere("edited", Item.file("old"));
    etc.everywhere("chmod", Item.file("old"));
    put(etc.local, "edited", Item.file("mine"));
    put(etc.local, "chmod", Item.file("old").withMode(0600));
    etc.image.unlink(BytePath.of("edited"));
    etc.image.unlink(BytePath.of("chmod"));
    assertThat(merge()).containsExactly("chmod KEPT_THOUGH_DROPPED", "edited KEPT_THOUGH_DROPPED");
    assertThat(Item.readTree(etc.result)).isEqualTo(Item.readTree(etc.local));
  }

  @Test
  void admins_mode_survives_new_content() throws Exception {
    etc.everywhere("file", Item.file("old"));
    put(etc.local, "file", Item.file("old").withMode(0600).withOwner(7, 8));
    put(etc.image, "file", Item.file("new"));
    assertThat(merge()).containsExactly("file UPDATED");
    assertThat(result("file")).isEqualTo(Item.file("new").withMode(0600).withOwner(7, 8));
  }

  @Test
  void vendors_mode_arrives_in_an_edited_file() throws Exception {
    etc.everywhere("file", Item.file("old"));
    put(etc.local, "file", Item.file("mine"));
    put(etc.image, "file", Item.file("old").withMode(0600));
    assertThat(merge()).containsExactly("file UPDATED_METADATA");
    assertThat(result("file")).isEqualTo(Item.file("mine").withMode(0600));
  }

  @Test
  void edited_file_keeps_its_time_when_the_vendors_mode_arrives() throws Exception {
    etc.everywhere("file", Item.file("old"));
    put(etc.local, "file", Item.file("mine"));
    etc.local.setModificationTime(BytePath.of("file"), 77, 0);
    put(etc.image, "file", Item.file("old").withMode(0600));
    etc.merge();
    assertThat(etc.result.status(BytePath.of("file")).mtimeSeconds()).isEqualTo(77);
  }

  @Test
  void mode_changed_on_both_sides_becomes_the_stricter_one() throws Exception {
    etc.everywhere("file", Item.file("old"));
    put(etc.local, "file", Item.file("old").withMode(0600));
    put(etc.image, "file", Item.file("new").withMode(0640).withOwner(0, 42));
    assertThat(merge()).containsExactly("file UPDATED", "file STRICTER_MODE");
    assertThat(result("file")).isEqualTo(Item.file("new").withMode(0600).withOwner(0, 42));
  }

  @Test
  void each_xattr_merges_on_its_own() throws Exception {
    Item old = Item.file("x").withXattr("user.a", "1").withXattr("user.b", "1");
    etc.everywhere("file", old);
    put(etc.local, "file", old.withXattr("user.a", "mine").withXattr("user.own", "mine"));
    put(etc.image, "file", old.withoutXattr("user.b").withXattr("user.new", "2"));
    assertThat(merge()).containsExactly("file UPDATED_METADATA");
    assertThat(result("file"))
        .isEqualTo(
            Item.file("x")
                .withXattr("user.a", "mine")
                .withXattr("user.own", "mine")
                .withXattr("user.new", "2"));
  }

  @Test
  void links_and_nodes_merge_like_files() throws Exception {
    etc.everywhere("link", Item.link("old"));
    etc.everywhere("retargeted", Item.link("old"));
    etc.everywhere("both", Item.link("old"));
    etc.everywhere("device", Item.device(3));
    put(etc.image, "link", Item.link("/new").withOwner(1, 2));
    put(etc.local, "retargeted", Item.link("mine"));
    put(etc.image, "retargeted", Item.link("old").withXattr("trusted.x", "y"));
    put(etc.local, "both", Item.link("mine"));
    put(etc.image, "both", Item.link("../../new"));
    put(etc.image, "device", Item.device(5));
    put(etc.image, "fifo", Item.fifo());
    assertThat(merge())
        .containsExactly(
            "both KEPT_LOCAL, beside both.tiu-new",
            "device UPDATED",
            "fifo ADDED",
            "link UPDATED",
            "retargeted UPDATED_METADATA");
    assertThat(result("link")).isEqualTo(Item.link("/new").withOwner(1, 2));
    assertThat(result("retargeted")).isEqualTo(Item.link("mine").withXattr("trusted.x", "y"));
    assertThat(result("both")).isEqualTo(Item.link("mine"));
    assertThat(result("both.tiu-new")).isEqualTo(Item.link("../../new"));
    assertThat(result("device")).isEqualTo(Item.device(5));
    assertThat(result("fifo")).isEqualTo(Item.fifo());
  }

  @Test
  void type_changed_by_the_image_is_taken_where_nobody_touched_it() throws Exception {
    etc.everywhere("file", Item.file("old"));
    etc.everywhere("link", Item.link("file"));
    put(etc.image, "file", Item.link("/elsewhere"));
    put(etc.image, "link", Item.file("new"));
    assertThat(merge()).containsExactly("file UPDATED", "link UPDATED");
    assertThat(Item.readTree(etc.result)).isEqualTo(Item.readTree(etc.image));
  }

  @Test
  void type_changed_on_one_side_and_content_on_the_other_is_a_conflict() throws Exception {
    etc.everywhere("a", Item.file("old"));
    etc.everywhere("b", Item.file("old"));
    etc.everywhere("c", Item.file("old"));
    put(etc.local, "a", Item.file("mine"));
    put(etc.image, "a", Item.link("/elsewhere"));
    put(etc.local, "b", Item.link("/mine"));
    put(etc.image, "b", Item.file("new"));
    put(etc.local, "c", Item.file("old").withMode(0600));
    put(etc.image, "c", Item.fifo());
    assertThat(merge())
        .containsExactly(
            "a KEPT_LOCAL, beside a.tiu-new",
            "b KEPT_LOCAL, beside b.tiu-new",
            "c KEPT_LOCAL, beside c.tiu-new");
    assertThat(result("a")).isEqualTo(Item.file("mine"));
    assertThat(result("a.tiu-new")).isEqualTo(Item.link("/elsewhere"));
    assertThat(result("b")).isEqualTo(Item.link("/mine"));
    assertThat(result("b.tiu-new")).isEqualTo(Item.file("new"));
    assertThat(result("c")).isEqualTo(Item.file("old").withMode(0600));
  }

  @Test
  void merging_again_changes_nothing_and_reports_the_same_conflicts() throws Exception {
    etc.everywhere("both", Item.file("old"));
    etc.everywhere("taken", Item.file("old"));
    put(etc.local, "both", Item.file("mine"));
    put(etc.image, "both", Item.file("new"));
    put(etc.image, "taken", Item.file("new"));
    MergeReport first = etc.merge();
    SortedMap<BytePath, Item> merged = Item.readTree(etc.result);
    MergeReport second = EtcMerge.merge(etc.base, etc.image, etc.result, MergeSettings.DEFAULT);
    assertThat(Item.readTree(etc.result)).isEqualTo(merged);
    assertThat(second.entries()).isEqualTo(first.conflicts()).hasSize(1);
  }
}
