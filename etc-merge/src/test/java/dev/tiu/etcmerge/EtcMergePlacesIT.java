package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Command;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Directories, hard links, ACLs, and ways that lead out. */
final class EtcMergePlacesIT {
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

  private List<String> merge() throws IOException {
    return Reports.lines(etc.merge());
  }

  private SortedMap<BytePath, Item> outside() throws IOException {
    try (Dir outside = etc.top.openDir(EtcDisk.OUTSIDE)) {
      return Item.readTree(outside);
    }
  }

  private static Item linkOutside(EtcDisk etc) {
    return Item.link(etc.path("outside").toString());
  }

  @Test
  void directory_that_becomes_a_link_is_never_written_through() throws Exception {
    SortedMap<BytePath, Item> before = outside();
    etc.everywhere("dir", Item.directory());
    etc.everywhere("dir/secret", Item.file("old"));
    put(etc.image, "dir", linkOutside(etc));
    assertThat(merge()).containsExactly("dir UPDATED");
    assertThat(result("dir")).isEqualTo(linkOutside(etc));
    assertThat(outside()).isEqualTo(before);
  }

  @Test
  void directory_that_becomes_a_link_stays_where_the_admin_added_a_file() throws Exception {
    SortedMap<BytePath, Item> before = outside();
    etc.everywhere("dir", Item.directory());
    etc.everywhere("dir/file", Item.file("old"));
    put(etc.local, "dir/own", Item.file("mine"));
    put(etc.image, "dir", linkOutside(etc));
    assertThat(merge()).containsExactly("dir KEPT_LOCAL, beside dir.tiu-new");
    assertThat(result("dir/own")).isEqualTo(Item.file("mine"));
    assertThat(result("dir/file")).isEqualTo(Item.file("old"));
    assertThat(result("dir.tiu-new")).isEqualTo(linkOutside(etc));
    assertThat(outside()).isEqualTo(before);
  }

  @Test
  void directory_that_the_admin_made_a_link_is_never_written_through() throws Exception {
    SortedMap<BytePath, Item> before = outside();
    etc.everywhere("dir", Item.directory());
    etc.everywhere("dir/secret", Item.file("old"));
    put(etc.local, "dir", linkOutside(etc));
    put(etc.image, "dir/secret", Item.file("new"));
    put(etc.image, "dir/more", Item.file("new"));
    assertThat(merge()).containsExactly("dir KEPT_LOCAL, beside dir.tiu-new");
    assertThat(result("dir")).isEqualTo(linkOutside(etc));
    assertThat(result("dir.tiu-new/more")).isEqualTo(Item.file("new"));
    assertThat(outside()).isEqualTo(before);
  }

  @Test
  void link_planted_where_the_image_adds_a_directory_is_never_written_through() throws Exception {
    SortedMap<BytePath, Item> before = outside();
    put(etc.local, "dir", linkOutside(etc));
    put(etc.local, "file", Item.link(etc.path("outside/secret").toString()));
    put(etc.local, "file.tiu-new", Item.link(etc.path("outside/secret").toString()));
    put(etc.image, "dir", Item.directory());
    put(etc.image, "dir/secret", Item.file("new"));
    put(etc.image, "file", Item.file("new"));
    assertThat(merge())
        .containsExactly(
            "dir KEPT_LOCAL, beside dir.tiu-new", "file KEPT_LOCAL, beside file.tiu-new-2");
    assertThat(result("file.tiu-new-2")).isEqualTo(Item.file("new"));
    assertThat(outside()).isEqualTo(before);
  }

  @Test
  void what_the_image_changed_in_a_directory_arrives_beside_the_admins_own_files()
      throws Exception {
    etc.everywhere("dir", Item.directory());
    etc.everywhere("dir/file", Item.file("old"));
    put(etc.local, "dir/own", Item.file("mine"));
    put(etc.image, "dir/file", Item.file("new"));
    put(etc.image, "dir/more", Item.directory().withMode(0700));
    put(etc.image, "dir/more/file", Item.file("new"));
    assertThat(merge()).containsExactly("dir/file UPDATED", "dir/more ADDED");
    assertThat(result("dir/own")).isEqualTo(Item.file("mine"));
    assertThat(result("dir/more/file")).isEqualTo(Item.file("new"));
  }

  @Test
  void dropped_directory_goes_with_all_that_is_unchanged() throws Exception {
    etc.everywhere("dir", Item.directory());
    etc.everywhere("dir/empty", Item.directory());
    etc.everywhere("dir/file", Item.file("old"));
    etc.image.removeTree(BytePath.of("dir"));
    assertThat(merge()).containsExactly("dir REMOVED", "dir/empty REMOVED", "dir/file REMOVED");
    assertThat(Item.readTree(etc.result)).isEqualTo(Item.readTree(etc.image));
  }

  @Test
  void dropped_directory_stays_where_something_is_the_admins() throws Exception {
    for (String dir : List.of("added", "chmod", "edited")) {
      etc.everywhere(dir, Item.directory());
      etc.everywhere(dir + "/file", Item.file("old"));
      etc.image.removeTree(BytePath.of(dir));
    }
    put(etc.local, "added/own", Item.file("mine"));
    put(etc.local, "chmod", Item.directory().withMode(0700));
    put(etc.local, "edited/file", Item.file("mine"));
    assertThat(merge())
        .containsExactly(
            "added KEPT_THOUGH_DROPPED",
            "added/file REMOVED",
            "chmod KEPT_THOUGH_DROPPED",
            "chmod/file REMOVED",
            "edited/file KEPT_THOUGH_DROPPED");
    assertThat(result("added/own")).isEqualTo(Item.file("mine"));
    assertThat(result("chmod")).isEqualTo(Item.directory().withMode(0700));
    assertThat(result("edited/file")).isEqualTo(Item.file("mine"));
  }

  @Test
  void metadata_of_directories_merges_the_top_one_too() throws Exception {
    for (String dir : List.of(".", "vendor", "admin", "both")) {
      Item item = Item.directory();
      BytePath path = dir.equals(".") ? BytePath.ROOT : BytePath.of(dir);
      item.put(etc.base, path);
      item.withMode(dir.equals("vendor") ? 0755 : 0700).put(etc.local, path);
      item.withOwner(dir.equals("admin") ? 0 : 5, 0).put(etc.image, path);
    }
    put(etc.image, "both", Item.directory().withMode(0711));
    assertThat(merge())
        .containsExactly(". UPDATED_METADATA", "both STRICTER_MODE", "vendor UPDATED_METADATA");
    assertThat(Item.read(etc.result, BytePath.ROOT))
        .isEqualTo(Item.directory().withMode(0700).withOwner(5, 0));
    assertThat(result("vendor")).isEqualTo(Item.directory().withOwner(5, 0));
    assertThat(result("admin")).isEqualTo(Item.directory().withMode(0700));
    assertThat(result("both")).isEqualTo(Item.directory().withMode(0700));
  }

  @Test
  void case_49_hard_links_that_were_made_here_stay_links() throws Exception {
    etc.everywhere("a", Item.file("same"));
    etc.local.link(BytePath.of("a"), BytePath.of("own name"));
    assertThat(merge()).isEmpty();
    assertThat(etc.result.status(BytePath.of("own name")))
        .isEqualTo(etc.result.status(BytePath.of("a")));
    assertThat(etc.result.status(BytePath.of("a")).linkCount()).isEqualTo(2);
  }

  @Test
  void other_names_of_a_changed_file_stay_as_they_are() throws Exception {
    for (String name : List.of("content", "mode")) {
      etc.everywhere(name, Item.file("old"));
      etc.local.link(BytePath.of(name), BytePath.of("own " + name));
    }
    put(etc.image, "content", Item.file("new"));
    put(etc.image, "mode", Item.file("old").withMode(0600));
    assertThat(merge()).containsExactly("content UPDATED", "mode UPDATED_METADATA");
    assertThat(result("content")).isEqualTo(Item.file("new"));
    assertThat(result("mode")).isEqualTo(Item.file("old").withMode(0600));
    assertThat(result("own content")).isEqualTo(Item.file("old"));
    assertThat(result("own mode")).isEqualTo(Item.file("old"));
  }

  @Test
  void other_names_of_an_edited_file_stay_when_the_vendors_mode_arrives() throws Exception {
    etc.everywhere("file", Item.file("old"));
    put(etc.local, "file", Item.file("mine"));
    etc.local.link(BytePath.of("file"), BytePath.of("own"));
    put(etc.local, "file.tiu-new", Item.file("in the way"));
    put(etc.image, "file", Item.file("old").withMode(0600));
    assertThat(merge()).containsExactly("file UPDATED_METADATA");
    assertThat(result("file")).isEqualTo(Item.file("mine").withMode(0600));
    assertThat(result("own")).isEqualTo(Item.file("mine"));
    assertThat(result("file.tiu-new")).isEqualTo(Item.file("in the way"));
    assertThat(Item.readTree(etc.result)).hasSize(4);
  }

  @Test
  void case_49_hard_links_of_the_image_arrive_as_links() throws Exception {
    for (Dir tree : List.of(etc.base, etc.local, etc.image)) {
      put(tree, "a", Item.file(tree == etc.image ? "new" : "old"));
      put(tree, "mode a", Item.file("same").withMode(tree == etc.image ? 0600 : 0644));
      put(tree, "dir", Item.directory());
      tree.link(BytePath.of("a"), BytePath.of("dir/b"));
      tree.link(BytePath.of("mode a"), BytePath.of("mode b"));
    }
    assertThat(merge())
        .containsExactly(
            "a UPDATED", "dir/b UPDATED", "mode a UPDATED_METADATA", "mode b UPDATED_METADATA");
    FileStatus a = etc.result.status(BytePath.of("a"));
    assertThat(etc.result.status(BytePath.of("dir/b"))).isEqualTo(a);
    assertThat(a.linkCount()).isEqualTo(2);
    assertThat(etc.result.status(BytePath.of("mode b")))
        .isEqualTo(etc.result.status(BytePath.of("mode a")));
    assertThat(Item.readTree(etc.result)).isEqualTo(Item.readTree(etc.image));
  }

  /** What lies beside can be edited without touching anything live. */
  @Test
  void what_lies_beside_shares_no_inode() throws Exception {
    etc.everywhere("a", Item.file("old"));
    etc.everywhere("b", Item.file("old"));
    etc.image.unlink(BytePath.of("b"));
    put(etc.image, "a", Item.file("new"));
    etc.image.link(BytePath.of("a"), BytePath.of("b"));
    put(etc.local, "a", Item.file("mine"));
    assertThat(merge()).containsExactly("a KEPT_LOCAL, beside a.tiu-new", "b UPDATED");
    assertThat(etc.result.status(BytePath.of("a.tiu-new")).linkCount()).isEqualTo(1);
    assertThat(etc.result.status(BytePath.of("b")).linkCount()).isEqualTo(1);
  }

  @Test
  void acl_and_capability_of_the_image_arrive() throws Exception {
    etc.everywhere("file", Item.file("old").withMode(0755));
    put(etc.image, "file", Item.file("new").withMode(0755));
    String file = etc.path("image/file").toString();
    Command.of("setfacl", "-m", "u:77:rx", file).run();
    Command.of("setcap", "cap_net_raw+ep", file).run();
    assertThat(merge()).containsExactly("file UPDATED");
    assertThat(result("file")).isEqualTo(Item.read(etc.image, BytePath.of("file")));
    assertThat(result("file").xattrs())
        .containsKeys("security.capability", "system.posix_acl_access");
  }

  @Test
  void acl_of_the_admins_is_not_masked_by_the_vendors_mode() throws Exception {
    etc.everywhere("file", Item.file("old"));
    Command.of("setfacl", "-m", "u:77:r", etc.path("local/file").toString()).run();
    put(etc.image, "file", Item.file("new").withMode(0600));
    assertThat(merge()).containsExactly("file UPDATED", "file KEPT_LOCAL_METADATA");
    assertThat(result("file"))
        .isEqualTo(Item.read(etc.local, BytePath.of("file")).withContent("new"));
  }
}
