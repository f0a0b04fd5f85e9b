package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tiu.bundle.FuzzSeeds;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class DifferenceFuzzTest {
  static final byte[] OLD = Samples.random(1000);
  static final byte[] NEXT = Samples.rebuilt(OLD);

  /** Any bytes fill the segment, or are refused. */
  @FuzzTest
  void apply(byte[] difference) {
    ByteBuffer made = ByteBuffer.allocate(NEXT.length);
    try {
      Difference.apply(ByteBuffer.wrap(difference), ByteBuffer.wrap(OLD), made);
      assertThat(made.hasRemaining()).isFalse();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining(" ");
    }
  }

  /** Any two contents, one made from the other. */
  @FuzzTest
  void encode(byte[] both) {
    byte[] old = Arrays.copyOf(both, both.length / 2);
    byte[] next = Arrays.copyOfRange(both, both.length / 2, both.length);
    ByteBuffer made = ByteBuffer.allocate(next.length);
    Difference.apply(
        ByteBuffer.wrap(DifferenceEncoder.encode(old, next, new DifferenceEncoder.Table())),
        ByteBuffer.wrap(old),
        made);
    assertThat(made.array()).isEqualTo(next);
  }

  @Test
  void seed_is_a_difference() {
    byte[] seed = FuzzSeeds.read(DifferenceFuzzTest.class, "apply", "rebuilt");
    ByteBuffer made = ByteBuffer.allocate(NEXT.length);
    assertThatCode(() -> Difference.apply(ByteBuffer.wrap(seed), ByteBuffer.wrap(OLD), made))
        .doesNotThrowAnyException();
    assertThat(made.array()).isEqualTo(NEXT);
  }
}
