package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileMetadata;
import org.junit.jupiter.api.Test;

/** Owner, mode and extended attributes, which merge apart from the content. */
final class EtcMetadataCasesIT extends EtcCase {
  @Test
  void case_15_mode_changed_here_and_content_in_the_image_are_both_in_it() throws Exception {
    etc.everywhere("f", Item.file("old\n"));
    local("f", Item.file("old\n").withMode(0600));
    image("f", Item.file("new\n"));
    assertThat(merge()).containsExactly("f UPDATED");
    assertThat(result("f")).isEqualTo(Item.file("new\n").withMode(0600));
  }

  @Test
  void case_16_mode_of_a_directory_changed_here_stays() throws Exception {
    etc.everywhere("d", Item.directory());
    etc.everywhere("d/f", Item.file("old\n"));
    local("d", Item.directory().withMode(0700));
    image("d/f", Item.file("new\n"));
    assertThat(merge()).containsExactly("d/f UPDATED");
    assertThat(result("d")).isEqualTo(Item.directory().withMode(0700));
    assertThat(result("d/f")).isEqualTo(Item.file("new\n"));
  }

  @Test
  void case_17_directory_closed_by_the_image_and_a_file_in_it_edited_here_are_both_in_it()
      throws Exception {
    etc.everywhere("d", Item.directory());
    etc.everywhere("d/f", Item.file("old\n"));
    local("d/f", Item.file("mine\n"));
    image("d", Item.directory().withMode(0700));
    assertThat(merge()).containsExactly("d UPDATED_METADATA");
    assertThat(result("d")).isEqualTo(Item.directory().withMode(0700));
    assertThat(result("d/f")).isEqualTo(Item.file("mine\n"));
  }

  @Test
  void case_18_mode_changed_on_both_sides_becomes_what_both_allow() throws Exception {
    etc.everywhere("f", Item.file("same\n").withMode(0644));
    local("f", Item.file("same\n").withMode(0660));
    image("f", Item.file("same\n").withMode(0604));
    etc.everywhere("d", Item.directory().withMode(0777));
    local("d", Item.directory().withMode(01777));
    image("d", Item.directory().withMode(0755));
    assertThat(merge()).containsExactly("d STRICTER_MODE", "f STRICTER_MODE");
    assertThat(result("f")).isEqualTo(Item.file("same\n").withMode(0600));
    assertThat(result("d")).isEqualTo(Item.directory().withMode(01755));
  }

  @Test
  void case_26_xattr_acl_or_capability_changed_here_stays_on_the_images_new_content()
      throws Exception {
    String acl = aclFor(1234);
    String capability = "\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    for (String path : new String[] {"xattr", "acl", "capability"}) {
      etc.everywhere(path, Item.file("old\n"));
      image(path, Item.file("new\n"));
    }
    Item xattr = Item.file("new\n").withXattr("user.note", "mine");
    Item withAcl = Item.file("new\n").withMode(0664).withXattr("system.posix_acl_access", acl);
    Item capable = Item.file("new\n").withXattr("security.capability", capability);
    local("xattr", xattr.withContent("old\n"));
    local("acl", withAcl.withContent("old\n"));
    local("capability", capable.withContent("old\n"));
    assertThat(merge()).containsExactly("acl UPDATED", "capability UPDATED", "xattr UPDATED");
    assertThat(result("xattr")).isEqualTo(xattr);
    assertThat(result("acl")).isEqualTo(withAcl);
    assertThat(result("capability")).isEqualTo(capable);
  }

  /** {@code posix_acl_xattr_header} and five entries: u16 tag, u16 permissions, u32 id. */
  private static String aclFor(int uid) {
    StringBuilder acl = new StringBuilder("\2\0\0\0");
    int[][] entries = {{1, 6, -1}, {2, 6, uid}, {4, 4, -1}, {16, 6, -1}, {32, 4, -1}};
    for (int[] entry : entries) {
      acl.append((char) entry[0]).append('\0').append((char) entry[1]).append('\0');
      for (int shift = 0; shift < 32; shift += 8) {
        acl.append((char) ((entry[2] >> shift) & 0xff));
      }
    }
    return acl.toString();
  }

  @Test
  void case_27_label_is_the_new_images_and_never_a_change_of_the_devices() throws Exception {
    etc.everywhere("f", labelled("same\n", "old_t"));
    local("f", labelled("same\n", "relabelled_t"));
    image("f", labelled("same\n", "new_t"));
    etc.everywhere("g", labelled("old\n", "old_t"));
    local("g", labelled("old\n", "relabelled_t"));
    image("g", labelled("new\n", "new_t"));
    assertThat(merge()).containsExactly("f UPDATED_METADATA", "g UPDATED");
    assertThat(result("f")).isEqualTo(labelled("same\n", "new_t"));
    assertThat(result("g")).isEqualTo(labelled("new\n", "new_t"));
    assertThat(FileMetadata.of(etc.result, BytePath.of("f")).withoutLabel().xattrs()).isEmpty();
  }

  private static Item labelled(String content, String type) {
    return Item.file(content).withXattr(FileMetadata.LABEL, "system_u:object_r:" + type + ":s0\0");
  }
}
