package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BytePathTest {
  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a\0b"})
  void what_is_no_clean_relative_path_is_refused(String path) {
    assertThatThrownBy(() -> BytePath.of(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not a relative path: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "...", "..a", ".a", "a/b", "a b/c\nd", "-", "\\", "ä/ö"})
  void other_names_are_kept(String path) {
    assertThat(BytePath.of(path).bytes()).isEqualTo(path.getBytes(UTF_8));
  }

  @Test
  void component_may_have_255_bytes() {
    assertThat(BytePath.of("n".repeat(255) + "/" + "m".repeat(255)).length()).isEqualTo(511);
    assertThatThrownBy(() -> BytePath.of("a/" + "n".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bytes_are_the_callers_own() {
    byte[] bytes = {'a', 'b'};
    BytePath path = BytePath.ofBytes(bytes);
    bytes[0] = '/';
    path.bytes()[1] = '/';
    assertThat(path).isEqualTo(BytePath.of("ab"));
  }

  @Test
  void root_is_empty_and_its_own_parent_and_name() {
    assertThat(BytePath.of("")).isSameAs(BytePath.ROOT);
    assertThat(BytePath.ROOT.isRoot()).isTrue();
    assertThat(BytePath.ROOT.parent()).isEqualTo(BytePath.ROOT);
    assertThat(BytePath.ROOT.name()).isEqualTo(BytePath.ROOT);
    assertThat(BytePath.ROOT).hasToString(".");
  }

  @Test
  void parts_are_parent_and_name() {
    BytePath path = BytePath.of("usr/lib/os-release");
    assertThat(path.parent()).isEqualTo(BytePath.of("usr/lib"));
    assertThat(path.name()).isEqualTo(BytePath.of("os-release"));
    assertThat(BytePath.of("usr").parent()).isEqualTo(BytePath.ROOT);
    assertThat(path.parent().resolve("os-release")).isEqualTo(path);
    assertThat(BytePath.ROOT.resolve(path)).isEqualTo(path);
    assertThat(path.resolve(BytePath.ROOT)).isEqualTo(path);
  }

  @Test
  void starts_with_counts_whole_components() {
    BytePath path = BytePath.of("etc/ssh/config");
    assertThat(path.startsWith(BytePath.of("etc"))).isTrue();
    assertThat(path.startsWith(path)).isTrue();
    assertThat(path.startsWith(BytePath.ROOT)).isTrue();
    assertThat(path.startsWith(BytePath.of("et"))).isFalse();
    assertThat(path.startsWith(BytePath.of("etc/ssh/config/x"))).isFalse();
    assertThat(path.relativeTo(BytePath.of("etc"))).isEqualTo(BytePath.of("ssh/config"));
    assertThat(path.relativeTo(path)).isEqualTo(BytePath.ROOT);
    assertThat(path.relativeTo(BytePath.ROOT)).isEqualTo(path);
    assertThatThrownBy(() -> path.relativeTo(BytePath.of("et")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void order_is_by_unsigned_bytes() {
    BytePath high = BytePath.ofBytes(new byte[] {(byte) 0x80});
    List<BytePath> sorted =
        Stream.of(high, BytePath.of("b"), BytePath.of("a/b"), BytePath.of("a"), BytePath.of("a-"))
            .sorted()
            .toList();
    assertThat(sorted)
        .containsExactly(
            BytePath.of("a"), BytePath.of("a-"), BytePath.of("a/b"), BytePath.of("b"), high);
  }

  @Test
  void equality_is_by_bytes() {
    assertThat(BytePath.of("a/b")).isEqualTo(BytePath.of("a").resolve("b"));
    assertThat(BytePath.of("a/b")).hasSameHashCodeAs(BytePath.of("a").resolve("b"));
    assertThat(BytePath.of("a")).isNotEqualTo(BytePath.of("b"));
  }

  @Test
  void display_escapes_what_a_terminal_must_not_get() {
    assertThat(BytePath.of("a b/ä")).hasToString("a b/ä");
    assertThat(BytePath.of("a\nb")).hasToString("a\\x0ab");
    assertThat(BytePath.of("a\\b")).hasToString("a\\x5cb");
    assertThat(BytePath.ofBytes(new byte[] {'a', (byte) 0xff})).hasToString("a\\xff");
  }

  @Test
  void put_writes_at_the_index_and_leaves_the_position() {
    ByteBuffer buffer = ByteBuffer.allocate(6);
    BytePath.of("ab").put(buffer, 3);
    assertThat(buffer.array()).containsExactly(0, 0, 0, 'a', 'b', 0);
    assertThat(buffer.position()).isZero();
  }
}
