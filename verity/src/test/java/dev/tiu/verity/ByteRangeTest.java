package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ByteRangeTest {
  @Test
  void ranges_that_touch_or_overlap_become_one() {
    List<ByteRange> ranges =
        List.of(
            new ByteRange(50, 10),
            new ByteRange(0, 10),
            new ByteRange(10, 5),
            new ByteRange(52, 2),
            new ByteRange(30, 0));

    assertThat(ByteRange.coalesce(ranges))
        .containsExactly(new ByteRange(0, 15), new ByteRange(50, 10));
  }

  @Test
  void range_past_the_largest_offset_is_refused() {
    assertThatThrownBy(() -> new ByteRange(Long.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ByteRange(0, -1)).isInstanceOf(IllegalArgumentException.class);
  }
}
