package dev.tiu.bundle.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.verity.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class CoalescingTest {
  private static final int MIB = 1 << 20;

  private static ByteRange range(long start, long end) {
    return ByteRange.between(start, end);
  }

  @Test
  void small_gap_is_fetched_and_a_large_one_is_not() {
    Coalescing coalescing = new Coalescing(16_384, MIB);
    assertThat(
            coalescing.requests(
                List.of(range(0, 100_000), range(110_000, 200_000), range(300_000, 400_000)),
                List.of()))
        .containsExactly(range(0, 200_000), range(300_000, 400_000));
  }

  @Test
  void gaps_stay_a_small_part_of_what_is_wanted() {
    List<ByteRange> wanted = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      wanted.add(range(i * 1_010_000L, i * 1_010_000L + 1_000_000 - 1000L * i));
    }
    long total = wanted.stream().mapToLong(ByteRange::length).sum();

    List<ByteRange> requests = new Coalescing(MIB, MIB).requests(wanted, List.of());

    long fetched = requests.stream().mapToLong(ByteRange::length).sum();
    assertThat(fetched).isGreaterThan(total).isLessThan(total + total * 3 / 100 + 1);
  }

  @Test
  void very_many_requests_are_worse_than_gaps() {
    List<ByteRange> wanted = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      wanted.add(range(i * 20_480L, i * 20_480L + 4096));
    }
    assertThat(new Coalescing(65_536, MIB).requests(wanted, List.of())).hasSizeLessThan(80);
    assertThat(new Coalescing(8192, MIB).requests(wanted, List.of())).hasSize(1000);
  }

  @Test
  void long_range_becomes_equal_pieces_that_end_at_blocks() {
    assertThat(new Coalescing(0, MIB).requests(List.of(range(0, MIB + 4096)), List.of()))
        .containsExactly(range(0, 524_288), range(524_288, MIB + 4096));
  }

  @Test
  void any_ranges_are_covered_once_and_without_what_is_there() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<ByteRange> wanted = ByteRange.coalesce(ranges(random));
      List<ByteRange> there = ByteRange.coalesce(ranges(random));
      List<ByteRange> requests =
          new Coalescing(random.nextInt(60_000), 65_536).requests(wanted, there);
      List<ByteRange> all = new ArrayList<>(requests);
      all.addAll(there);
      assertThat(Coalescing.minus(wanted, ByteRange.coalesce(all))).as("seed %d", seed).isEmpty();
      assertThat(Coalescing.minus(requests, there)).as("seed %d", seed).isEqualTo(requests);
      for (int i = 1; i < requests.size(); i++) {
        assertThat(requests.get(i).offset()).isGreaterThanOrEqualTo(requests.get(i - 1).end());
      }
    }
  }

  private static List<ByteRange> ranges(Random random) {
    List<ByteRange> ranges = new ArrayList<>();
    for (int i = random.nextInt(30); i > 0; i--) {
      ranges.add(new ByteRange(random.nextInt(2_000_000), 1 + random.nextInt(200_000)));
    }
    return ranges;
  }
}
