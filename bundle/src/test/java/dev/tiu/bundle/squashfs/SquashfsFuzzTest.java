package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tiu.bundle.FuzzSeeds;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage to an image whose metadata isn't packed reaches every field of the parser. */
class SquashfsFuzzTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final SquashfsImage.Limits LIMITS = SquashfsImage.Limits.forHeap(32 << 20);

  @FuzzTest
  void read(byte[] image) {
    try {
      Images.readAll(image, LIMITS);
    } catch (SquashfsException e) {
      assertThat(e).hasMessageStartingWith("squashfs " + e.structure() + " at offset ");
    } catch (IOException e) {
      throw new AssertionError("not declared", e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hand-made", "gzip", "xz", "zstd", "lz4", "lzo", "plain"})
  void seed_is_an_image(String name) {
    byte[] seed = FuzzSeeds.read(SquashfsFuzzTest.class, "read", name);
    assertThatCode(() -> Images.readAll(seed, LIMITS)).doesNotThrowAnyException();
  }

  @Test
  void damaged_image_is_refused_or_read_but_never_breaks_the_reader() {
    HandMadeImage made = HandMadeImage.write();
    Mutations mutations = new Mutations(made.bytes(), 4711, SECOND, 4 << 20);
    mutations.run(6_000, made.at("inode table"));
    assertThat(mutations.refused()).isGreaterThan(3_000);
    assertThat(mutations.accepted()).isGreaterThan(200);
  }

  @Test
  void damaged_data_is_refused_or_read_but_never_breaks_the_reader() {
    HandMadeImage made = HandMadeImage.write();
    Mutations mutations = new Mutations(made.bytes(), 815, SECOND, 4 << 20);
    mutations.run(1_500, made.at("block 1"));
    assertThat(mutations.refused()).isGreaterThan(300);
  }
}
