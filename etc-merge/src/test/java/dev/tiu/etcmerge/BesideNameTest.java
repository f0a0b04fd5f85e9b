package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import org.junit.jupiter.api.Test;

final class BesideNameTest {
  @Test
  void suffix_is_added_with_a_number_from_the_second_on() {
    BytePath name = BytePath.of("passwd");
    assertThat(BesideName.of(name, BesideName.NEW, 1)).hasToString("passwd.tiu-new");
    assertThat(BesideName.of(name, BesideName.NEW, 2)).hasToString("passwd.tiu-new-2");
    assertThat(BesideName.of(name, BesideName.NEW, 13)).hasToString("passwd.tiu-new-13");
  }

  @Test
  void name_that_just_fits_is_not_cut() {
    assertThat(BesideName.of(BytePath.of("x".repeat(247)), BesideName.NEW, 1))
        .hasToString("x".repeat(247) + ".tiu-new");
    assertThat(BesideName.of(BytePath.of("x".repeat(248)), BesideName.NEW, 1))
        .hasToString("x".repeat(247) + ".tiu-new");
    assertThat(BesideName.of(BytePath.of("x".repeat(255)), BesideName.NEW, 2))
        .hasToString("x".repeat(245) + ".tiu-new-2");
  }

  @Test
  void name_is_not_cut_within_a_character() {
    for (String character : new String[] {"é", "€", "😀"}) {
      for (int shift = 0; shift < 4; shift++) {
        String name = "x".repeat(shift) + character.repeat(300);
        BytePath longest = longestFitting(name);
        String beside = BesideName.of(longest, BesideName.NEW, 1).toString();
        assertThat(beside).endsWith(character + ".tiu-new").doesNotContain("\\x");
      }
    }
  }

  private static BytePath longestFitting(String name) {
    int end = name.length();
    while (name.substring(0, end).getBytes(UTF_8).length > BytePath.NAME_MAX) {
      end = name.offsetByCodePoints(end, -1);
    }
    return BytePath.of(name.substring(0, end));
  }

  @Test
  void name_that_is_no_utf_8_is_cut_where_it_has_to_be() {
    BytePath name = BytePath.ofBytes("\u0080".repeat(255).getBytes(ISO_8859_1));
    BytePath beside = BesideName.of(name, BesideName.NEW, 1);
    assertThat(beside.length()).isEqualTo(BytePath.NAME_MAX);
    assertThat(beside.bytes()).endsWith(".tiu-new".getBytes(ISO_8859_1));
  }

  @Test
  void end_of_the_name_tells_whose_version_it_is() {
    assertThat(BesideName.isOriginal(BytePath.of("a.tiu-orig-2"))).isTrue();
    assertThat(BesideName.isOriginal(BytePath.of("a.tiu-new"))).isFalse();
    assertThat(BesideName.isOriginal(BytePath.of("a.tiu-orig.tiu-new"))).isFalse();
    assertThat(BesideName.isOriginal(BytePath.of("a.tiu-new.tiu-orig"))).isTrue();
  }
}
