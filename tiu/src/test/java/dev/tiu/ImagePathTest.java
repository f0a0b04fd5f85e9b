package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tiu.linux.BytePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePathTest {
  @ParameterizedTest
  @ValueSource(strings = {"etc/hosts", "/etc/hosts", "./etc//hosts/", "//etc/./hosts"})
  void slashes_and_dots_mean_nothing(String text) {
    assertThat(ImagePath.parse(text).path()).isEqualTo(BytePath.of("etc/hosts"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", ".", "//./"})
  void nothing_is_the_root(String text) {
    assertThat(ImagePath.parse(text)).isEqualTo(ImagePath.ROOT).hasToString("/");
  }

  @Test
  void what_ls_shows_leads_to_the_same_file() {
    BytePath path =
        BytePath.ofBytes(new byte[] {'a', '/', (byte) 0xff, '\n', '\\', 'x', 'é' & 0x7f});
    assertThat(ImagePath.parse(path.toString()).path()).isEqualTo(path);
  }

  @Test
  void letters_beyond_ascii_are_utf8() {
    assertThat(ImagePath.parse("/é/\uD83D\uDE00").path()).isEqualTo(BytePath.of("é/\uD83D\uDE00"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../etc", "a/../b", "a\\x2", "a\\xzz", "a\\x00b"})
  void what_is_no_path_is_refused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ImagePath.parse(text));
  }

  @Test
  void argument_that_lost_its_bytes_is_refused_and_one_that_has_them_escaped_is_not() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImagePath.argument("/etc/odd\uFFFD"))
        .withMessageContaining("\\xNN");
    assertThat(ImagePath.argument("/etc/odd\\xff")).isEqualTo(ImagePath.parse("/etc/odd\\xff"));
  }
}
