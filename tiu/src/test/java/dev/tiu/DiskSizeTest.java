package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DiskSizeTest {
  @Test
  void sizes_are_powers_of_1024() {
    assertThat(DiskSize.parse("8G").bytes()).isEqualTo(8L << 30);
    assertThat(DiskSize.parse("3500MiB").bytes()).isEqualTo(3500L << 20);
    assertThat(DiskSize.parse("1tb").bytes()).isEqualTo(1L << 40);
  }

  @Test
  void least_size_is_rounded_up_to_whole_mebibytes() {
    assertThat(DiskSize.atLeast((5 << 20) + 1).bytes()).isEqualTo(6 << 20);
    assertThat(DiskSize.atLeast(5 << 20).bytes()).isEqualTo(5 << 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "0G", "-1G", "8.5G", "100K", "99999999999G"})
  void other_texts_are_refused(String text) {
    assertThatThrownBy(() -> DiskSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
