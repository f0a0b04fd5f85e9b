package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class BinaryFormatTest {
  private static final String AARCH64 =
      """
      enabled
      interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
      flags: PF
      offset 0
      magic 7f454c460201010000000000000000000200b700
      mask ffffffffffffff00fffffffffffffffffeffffff
      """;

  private static final byte[] EXECUTABLE =
      HexFormat.of().parseHex("7f454c4602010103000000000000000003" + "00b70001000000");

  @Test
  void program_is_of_the_format_whose_magic_it_has_where_the_mask_looks() {
    BinaryFormat format = BinaryFormat.parse(AARCH64).orElseThrow();
    assertThat(format.matches(EXECUTABLE)).isTrue();
    byte[] other = EXECUTABLE.clone();
    other[18] = 0x3e;
    assertThat(format.matches(other)).isFalse();
    assertThat(format.matches(Arrays.copyOf(EXECUTABLE, 12))).isFalse();
  }

  @Test
  void interpreter_that_a_root_would_need_to_have_does_not_count() {
    assertThat(BinaryFormat.parse(AARCH64.replace("flags: PF", "flags: P"))).isEmpty();
    assertThat(BinaryFormat.parse(AARCH64.replace("enabled", "disabled"))).isEmpty();
  }

  @Test
  void format_by_extension_is_none_of_a_program() {
    assertThat(BinaryFormat.parse("enabled\ninterpreter /x\nflags: F\nextension .exe\n")).isEmpty();
  }

  @Test
  void magic_without_a_mask_counts_as_a_whole() {
    BinaryFormat format =
        BinaryFormat.parse("enabled\nflags: F\noffset 2\nmagic abcd\n").orElseThrow();
    assertThat(format.matches(HexFormat.of().parseHex("0000abcd"))).isTrue();
    assertThat(format.matches(HexFormat.of().parseHex("abcd0000"))).isFalse();
  }
}
