package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who changed what, and what becomes of it; each case for text, links and empty files (55). */
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
        new Kind("link", Item.link("a"), Item.link("b"), Item.link("/x"), Item.link("../y")),
        new Kind("empty at first", empty, b, x, y),
        new Kind("emptied", a, empty, empty, y));
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
    assertThat(content("f")).isEqualTo("1\nmine\n3\ntheirs\n5\n");
  }

  @Test
  void case_05_edits_on_adjacent_lines_conflict() throws Exception {
    base("f", Item.file("1\n2\n3\n4\n"));
    local("f", Item.file("1\nmine\n3\n4\n"));
    image("f", Item.file("1\n2\ntheirs\n4\n"));
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new");
    assertThat(content("f")).isEqualTo("1\nmine\n3\n4\n");
    assertThat(content("f.tiu-new")).isEqualTo("1\n2\ntheirs\n4\n");
  }

  @Test
  void case_06_both_append_at_the_end_which_conflicts() throws Exception {
    base("f", Item.file("1\n"));
    local("f", Item.file("1\nmine\n"));
    image("f", Item.file("1\ntheirs\n"));
    assertThat(merge()).containsExactly("f KEPT_LOCAL, beside f.tiu-new");
    assertThat(content("f")).isEqualTo("1\nmine\n");
  }

  @Test
  void case_06_both_append_to_a_list_which_then_has_both() throws Exception {
    base("shells", Item.file("/bin/sh\n"));
    local("shells", Item.file("/bin/sh\n/bin/fish\n"));
    image("shells", Item.file("/bin/sh\n/bin/zsh\n"));
    assertThat(merge()).containsExactly("shells MERGED");
    assertThat(content("shells")).isEqualTo("/bin/sh\n/bin/zsh\n/bin/fish\n");
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
    assertThat(content("f")).isEqualTo("mine\n2\n3\n\0\n");
    assertThat(content("f.tiu-new")).isEqualTo("1\n2\ntheirs\n\0\n");
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
    assertThat(content("dos")).isEqualTo("1\r\nmine\r\n3\r\ntheirs\r\n");
    assertThat(content("open")).isEqualTo("theirs\n2\n3\nmine");
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
  }

  @Test
  void case_54_edited_here_and_renamed_by_the_image_stays_and_the_new_name_comes()
      throws Exception {
    base("app.conf", Item.file("old\n"));
    local("app.conf", Item.file("mine\n"));
    image("app.conf.d", Item.directory());
    image("app.conf.d/10-main.conf", Item.file("old\n"));
    assertThat(merge()).containsExactly("app.conf KEPT_THOUGH_DROPPED", "app.conf.d ADDED");
    assertThat(content("app.conf")).isEqualTo("mine\n");
    assertThat(content("app.conf.d/10-main.conf")).isEqualTo("old\n");
  }
}
