package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.verity.BlockReader;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class AnchorsTest {
  private static final byte[] OLD = Samples.random(3 << 20);

  private static long start(int from, int to, int length) throws Exception {
    Anchors anchors = Anchors.of(BlockReader.of(OLD), OLD.length);
    return anchors.bestStart(Arrays.copyOfRange(OLD, from, to), length, 0.5);
  }

  @Test
  void moved_content_is_found_where_it_was() throws Exception {
    long start = start(2_000_000, 2_100_000, 200_000);
    assertThat(start).isBetween(1_900_001L, 2_000_000L);
  }

  @Test
  void range_never_leaves_the_file() throws Exception {
    assertThat(start(0, 50_000, 1_000_000)).isZero();
    assertThat(start(OLD.length - 50_000, OLD.length, 1_000_000)).isEqualTo(OLD.length - 1_000_000);
  }

  @Test
  void without_anything_in_common_the_same_relation_is_taken() throws Exception {
    Anchors anchors = Anchors.of(BlockReader.of(OLD), OLD.length);
    assertThat(anchors.bestStart(new byte[1000], 1 << 20, 0.5)).isEqualTo(1 << 20);
  }
}
