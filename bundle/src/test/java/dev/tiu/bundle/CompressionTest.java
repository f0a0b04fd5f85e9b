package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class CompressionTest {
  @Test
  void names_and_levels_are_read() {
    assertThat(Compression.parse("zstd")).isEqualTo(Compression.DEFAULT).hasToString("zstd:15");
    assertThat(Compression.parse("zstd:22").options())
        .containsExactly("-comp", "zstd", "-Xcompression-level", "22");
    assertThat(Compression.parse("xz").options()).containsExactly("-comp", "xz");
    assertThat(Compression.parse("lz4").options()).containsExactly("-comp", "lz4", "-Xhc");
    assertThat(Compression.parse("lz4:1").options()).containsExactly("-comp", "lz4");
    assertThat(Compression.parse("gzip:6").options()).endsWith("6");
  }

  @Test
  void what_can_not_be_is_refused_with_the_choices() {
    assertThatThrownBy(() -> Compression.parse("bzip2"))
        .hasMessage("no compression \"bzip2\"; there are zstd, xz, gzip and lz4");
    assertThatThrownBy(() -> Compression.parse("zstd:23"))
        .hasMessage("zstd takes a level from 1 to 22, not 23");
    assertThatThrownBy(() -> Compression.parse("gzip:0")).hasMessageContaining("1 to 9");
    assertThatThrownBy(() -> Compression.parse("xz:6")).hasMessageContaining("no level");
    assertThatThrownBy(() -> Compression.parse("lz4:3")).hasMessageContaining("1 (fast)");
    assertThatThrownBy(() -> Compression.parse("zstd:")).hasMessageContaining("isn't a");
  }

  @Test
  void block_sizes_are_read() {
    assertThat(BlockSize.parse("128K")).isEqualTo(BlockSize.DEFAULT);
    assertThat(BlockSize.parse("1m").bytes()).isEqualTo(1 << 20);
    assertThat(BlockSize.parse("4096").bytes()).isEqualTo(4096);
    for (String bad : new String[] {"2K", "2M", "100K", "0", "-4K", "", "K", "9999999M"}) {
      assertThatThrownBy(() -> BlockSize.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("block");
    }
  }
}
