package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tiu.bundle.FuzzSeeds;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Any bytes are an index whose patches are whole, or refused. */
final class PatchIndexFuzzTest {
  /** The first three bytes say how many records there are of each kind. */
  @FuzzTest
  void parse(byte[] input) {
    if (input.length < 3) {
      return;
    }
    DeltaManifest.Index counts;
    try {
      counts = Samples.counts(input[0], input[1], input[2]);
    } catch (IllegalArgumentException e) {
      return;
    }
    byte[] unpacked = Arrays.copyOf(input, 3 + counts.unpackedSize());
    PatchIndex index;
    try {
      index = PatchIndex.of(Arrays.copyOfRange(unpacked, 3, unpacked.length), counts, 60);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining(" ");
      return;
    }
    long stored = 0;
    for (int i = 0; i < index.size(); i++) {
      Patch patch = index.patch(i);
      assertThat(index.find(patch.digest())).contains(patch);
      assertThat(patch.stored().offset()).isEqualTo(stored);
      stored = patch.stored().end();
    }
    assertThat(stored).isEqualTo(60);
  }

  @Test
  void seed_is_an_index() {
    byte[] seed = FuzzSeeds.read(PatchIndexFuzzTest.class, "parse", "two");
    byte[] index = Arrays.copyOfRange(seed, 3, seed.length);
    assertThatCode(() -> PatchIndex.of(index, Samples.counts(seed[0], seed[1], seed[2]), 60))
        .doesNotThrowAnyException();
  }
}
