package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.IdMap.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdMapTest {
  @Test
  void numbers_that_are_not_in_it_are_the_same_on_both_sides() {
    IdMap ids = new IdMap(List.of(new Entry("svc", 998, 999)), List.of(new Entry("g", -3, 7)));

    assertThat(ids.uid(998)).isEqualTo(999);
    assertThat(ids.uid(999)).isEqualTo(999);
    assertThat(ids.gid(998)).isEqualTo(998);
    assertThat(ids.gid(-3)).isEqualTo(7);
    assertThat(ids.isNone()).isFalse();
    assertThat(IdMap.NONE.isNone()).isTrue();
  }

  @Test
  void root_is_never_mapped() {
    assertThatThrownBy(() -> new Entry("svc", 998, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("svc can't be mapped from 998 to 0");
    assertThatThrownBy(() -> new Entry("root", 0, 998))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void number_has_one_meaning_however_many_names_it_has() {
    List<Entry> two = List.of(new Entry("a", 5, 6), new Entry("b", 5, 6));
    assertThat(new IdMap(two, List.of()).uid(5)).isEqualTo(6);

    assertThatThrownBy(
            () -> new IdMap(List.of(new Entry("a", 5, 6), new Entry("b", 5, 7)), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("5 has two numbers here");
  }
}
