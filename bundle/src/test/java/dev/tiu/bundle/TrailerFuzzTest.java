package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The end of any file is the trailer of a bundle as long as the file, or a BundleException. */
final class TrailerFuzzTest {
  private static byte[] end(byte[] file) {
    return Arrays.copyOfRange(file, file.length - Trailer.SIZE, file.length);
  }

  @FuzzTest
  void parse(byte[] file) {
    if (file.length < Trailer.SIZE) {
      return;
    }
    try {
      Trailer trailer = Trailer.parse(end(file), Kind.BUNDLE, "fuzz", file.length);
      assertThat(trailer.toBytes()).isEqualTo(end(file));
      assertThat(trailer.cmsSize()).isPositive();
      assertThat(trailer.offset()).isEqualTo(file.length - Trailer.SIZE);
    } catch (BundleException e) {
      assertThat(e).hasMessageStartingWith("fuzz: trailer at offset ");
    }
  }

  @Test
  void seed_is_a_trailer() {
    byte[] seed = FuzzSeeds.read(TrailerFuzzTest.class, "parse", "short");
    assertThatCode(() -> Trailer.parse(end(seed), Kind.BUNDLE, "fuzz", seed.length))
        .doesNotThrowAnyException();
  }
}
