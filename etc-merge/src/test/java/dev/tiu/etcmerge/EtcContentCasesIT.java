package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who changed what, and what becomes of it. Case 55 is 1 to 14 again for links and for empty files.
 */
final class EtcContentCasesIT extends EtcCase {
  /** Four versions of a file that share no line. */
  record Kind(String name, Item a, Item b, Item x, Item y) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    Item a = Item.file("a\n");
    Item b = Item.file("b\n");
    Item x = Item.file("x\n");
    Item y = Item.file("y\n");
    Item empty = Item.file("");
    return Stream.of(
        new Kind("text", a, b, x, y),
        new Kind(
            "case 55: link", Item.link("a"), Item.link("b"), Item.link("/x"), Item.link("../y")),
        new Kind("case 55: empty at first", empty, b, x, y),
        new Kind("case 55: emptied", a, empty, empty, y));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_01_image_alone_changed_it_so_it_is_taken(Kind kind) throws Exception {
    base("f", kind.a());
    local("f", kind.a());
    image("f", kind.b());
    assertThat(merge()).containsExactly("f UPDATED");
    assertThat(result("f")).isEqualTo(kind.b());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_02_device_alone_changed_it_so_it_stays(Kind kind) throws Exception {
    base("f", kind.a());
    local("f", kind.b());
    image("f", kind.a());
    assertThat(merge()).isEmpty();
    assertThat(result("f")).isEqualTo(kind.b());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_03_both_changed_it_alike_which_is_no_conflict(Kind kind) throws Exception {
    base("f", kind.a());
    local("f", kind.b());
    image("f", kind.b());
    assertThat(merge()).isEmpty();
    assertThat(result("f")).isEqualTo(kind.b());
  }

  @Test
  void case_04_edits_one_unchanged_line_apart_are_both_in_it() throws Exception {
    base("f", Item.file("1\n2\n3\n4\n5\n"));
    local("f", Item.file("1\nmine\n3\n4\n5\n"));
    image("f", Item.file("1\n2\n3\ntheirs\n5\n"));
    assertThat(merge()).containsExactly("f MERGED");
    assertThat(result("f")).isEqualTo(Item.file("1\nmine\n3\ntheirs\n5\n"));
    assertThat(exists("f.tiu-new")).isFalse();
  }

  @Test
  void case_05_edits_on_adjacent_lines_conflict() throws Exception {
    base("f", Item.file("1\n2\n3\n4\n"));
    local("f", Item.file("1\nmine\n3\n4\n"));
    image("f", Item.file("1\n2\ntheirs\n4\n"));
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new");
    assertThat(result("f")).isEqualTo(Item.file("1\nmine\n3\n4\n"));
    assertThat(result("f.tiu-new")).isEqualTo(Item.file("1\n2\ntheirs\n4\n"));
  }

  @Test
  void case_06_both_append_at_the_end_which_conflicts() throws Exception {
    base("f", Item.file("1\n"));
    local("f", Item.file("1\nmine\n"));
    image("f", Item.file("1\ntheirs\n"));
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new");
    assertThat(result("f")).isEqualTo(Item.file("1\nmine\n"));
    assertThat(result("f.tiu-new")).isEqualTo(Item.file("1\ntheirs\n"));
  }

  @Test
  void case_06_both_append_to_a_list_which_then_has_both() throws Exception {
    base("shells", Item.file("/bin/sh\n"));
    local("shells", Item.file("/bin/sh\n/bin/fish\n"));
    image("shells", Item.file("/bin/sh\n/bin/zsh\n"));
    assertThat(merge()).containsExactly("shells MERGED");
    assertThat(result("shells")).isEqualTo(Item.file("/bin/sh\n/bin/zsh\n/bin/fish\n"));
    assertThat(exists("shells.tiu-new")).isFalse();
  }

  @Test
  void case_55_both_append_to_an_empty_file_which_conflicts_and_to_an_empty_list_which_has_both()
      throws Exception {
    for (String path : new String[] {"f", "shells"}) {
      base(path, Item.file(""));
      local(path, Item.file("/mine\n"));
      image(path, Item.file("/theirs\n"));
    }
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new", "shells MERGED");
    assertThat(result("f")).isEqualTo(Item.file("/mine\n"));
    assertThat(result("f.tiu-new")).isEqualTo(Item.file("/theirs\n"));
    assertThat(content("shells").lines()).containsExactlyInAnyOrder("/mine", "/theirs");
  }

  @Test
  void case_55_link_and_emptied_file_that_both_changed_conflict_as_there_are_no_lines_to_merge()
      throws Exception {
    base("l", Item.link("a"));
    local("l", Item.link("b"));
    image("l", Item.link("c"));
    base("emptied", Item.file("1\n2\n3\n"));
    local("emptied", Item.file(""));
    image("emptied", Item.file("1\n2\ntheirs\n"));
    assertThat(merge())
        .containsExactly(
            "emptied KEPT_LOCAL, beside emptied.tiu-new", "l KEPT_LOCAL, beside l.tiu-new");
    assertThat(result("l")).isEqualTo(Item.link("b"));
    assertThat(result("l.tiu-new")).isEqualTo(Item.link("c"));
    assertThat(result("emptied")).isEqualTo(Item.file(""));
    assertThat(result("emptied.tiu-new")).isEqualTo(Item.file("1\n2\ntheirs\n"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_07_removed_here_and_unchanged_in_the_image_stays_removed(Kind kind) throws Exception {
    base("f", kind.a());
    image("f", kind.a());
    assertThat(merge()).isEmpty();
    assertThat(exists("f")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_08_removed_here_and_changed_in_the_image_stays_removed(Kind kind) throws Exception {
    base("f", kind.a());
    image("f", kind.b());
    assertThat(merge()).containsExactly("f KEPT_REMOVED, beside f.tiu-new");
    assertThat(exists("f")).isFalse();
    assertThat(result("f.tiu-new")).isEqualTo(kind.b());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_09_changed_here_and_dropped_by_the_image_stays(Kind kind) throws Exception {
    base("f", kind.a());
    local("f", kind.b());
    assertThat(merge()).containsExactly("f KEPT_THOUGH_DROPPED");
    assertThat(result("f")).isEqualTo(kind.b());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_10_dropped_by_the_image_alone_goes(Kind kind) throws Exception {
    base("f", kind.a());
    local("f", kind.a());
    assertThat(merge()).containsExactly("f REMOVED");
    assertThat(exists("f")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_11_made_here_stays(Kind kind) throws Exception {
    local("f", kind.x());
    assertThat(merge()).isEmpty();
    assertThat(result("f")).isEqualTo(kind.x());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_12_brought_by_the_image_comes(Kind kind) throws Exception {
    image("f", kind.x());
    assertThat(merge()).containsExactly("f ADDED");
    assertThat(result("f")).isEqualTo(kind.x());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_13_made_here_and_brought_otherwise_by_the_image_conflicts(Kind kind) throws Exception {
    local("f", kind.x());
    image("f", kind.y());
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new");
    assertThat(result("f")).isEqualTo(kind.x());
    assertThat(result("f.tiu-new")).isEqualTo(kind.y());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void case_14_made_here_as_the_image_brings_it_is_no_conflict(Kind kind) throws Exception {
    local("f", kind.x());
    image("f", kind.x());
    assertThat(merge()).isEmpty();
    assertThat(result("f")).isEqualTo(kind.x());
  }

  @Test
  void case_28_binary_changed_on_both_sides_conflicts() throws Exception {
    base("f", Item.file("1\n2\n3\n\0\n"));
    local("f", Item.file("mine\n2\n3\n\0\n"));
    image("f", Item.file("1\n2\ntheirs\n\0\n"));
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new");
    assertThat(result("f")).isEqualTo(Item.file("mine\n2\n3\n\0\n"));
    assertThat(result("f.tiu-new")).isEqualTo(Item.file("1\n2\ntheirs\n\0\n"));
  }

  @Test
  void case_29_lines_that_end_as_in_dos_and_the_last_that_doesnt_end_stay_so() throws Exception {
    base("dos", Item.file("1\n2\n3\n4\n"));
    local("dos", Item.file("1\r\nmine\r\n3\r\n4\r\n"));
    image("dos", Item.file("1\n2\n3\ntheirs\n"));
    base("open", Item.file("1\n2\n3\n4\n"));
    local("open", Item.file("1\n2\n3\nmine"));
    image("open", Item.file("theirs\n2\n3\n4\n"));
    assertThat(merge()).containsExactly("dos MERGED", "open MERGED");
    assertThat(result("dos")).isEqualTo(Item.file("1\r\nmine\r\n3\r\ntheirs\r\n"));
    assertThat(result("open")).isEqualTo(Item.file("theirs\n2\n3\nmine"));
  }

  @Test
  void case_51_same_size_and_time_with_other_content_is_a_change() throws Exception {
    base("f", Item.file("old"));
    local("f", Item.file("own"));
    image("f", Item.file("old"));
    for (Dir tree : List.of(etc.base, etc.local, etc.image)) {
      tree.setModificationTime(BytePath.of("f"), 1000, 0);
    }
    assertThat(merge()).isEmpty();
    assertThat(content("f")).isEqualTo("own");

    image("f", Item.file("new"));
    etc.image.setModificationTime(BytePath.of("f"), 1000, 0);
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new");
    assertThat(content("f")).isEqualTo("own");
    assertThat(content("f.tiu-new")).isEqualTo("new");
  }

  @Test
  void case_54_edited_here_and_renamed_by_the_image_stays_and_the_new_name_comes()
      throws Exception {
    base("app.conf", Item.file("old\n"));
    local("app.conf", Item.file("mine\n"));
    image("app.conf.d", Item.directory());
    image("app.conf.d/10-main.conf", Item.file("old\n"));
    assertThat(merge()).containsExactly("app.conf KEPT_THOUGH_DROPPED", "app.conf.d ADDED");
    assertThat(result("app.conf")).isEqualTo(Item.file("mine\n"));
    assertThat(result("app.conf.d/10-main.conf")).isEqualTo(Item.file("old\n"));
  }
}
