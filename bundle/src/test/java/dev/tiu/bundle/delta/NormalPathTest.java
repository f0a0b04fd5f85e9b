package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import org.junit.jupiter.api.Test;

final class NormalPathTest {
  private static String normal(String path) {
    return NormalPath.of(BytePath.of(path));
  }

  @Test
  void versions_make_no_difference() {
    assertThat(normal("lib/modules/6.1.0-37-amd64/a.ko"))
        .isEqualTo(normal("lib/modules/6.1.0-38-amd64/a.ko"));
    assertThat(normal("lib/libz.so.1.2.3")).isEqualTo(normal("lib/libz.so.1.3"));
    assertThat(normal("usr/bin/python3.11")).isEqualTo(normal("usr/bin/python3.12"));
  }

  @Test
  void names_make_one() {
    assertThat(normal("lib/a.so.1")).isNotEqualTo(normal("lib/b.so.1"));
    assertThat(normal("lib/a.so.1")).isNotEqualTo(normal("lib/a.so"));
  }

  @Test
  void common_counts_start_and_end_once() {
    assertThat(NormalPath.common("6.1/lg2ff", "6.2/lg2ff")).isEqualTo(8);
    assertThat(NormalPath.common("6.1/lg2ff", "6.2/lg3ff")).isEqualTo(4);
    assertThat(NormalPath.common("aaa", "aaaaa")).isEqualTo(3);
  }
}
