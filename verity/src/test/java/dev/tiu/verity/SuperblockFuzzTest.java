package dev.tiu.verity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Any bytes are a superblock, or a VerityException. */
final class SuperblockFuzzTest {
  @FuzzTest
  void parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      Superblock read = Superblock.parse(in);
      assertThat(in.position()).isEqualTo(Superblock.SIZE);
      ByteBuffer written = ByteBuffer.allocate(Superblock.SIZE);
      read.writeTo(written);
      assertThat(Superblock.parse(written.flip())).isEqualTo(read);
    } catch (VerityException e) {
      assertThat(e).hasMessageContaining("superblock");
    }
  }

  @Test
  void seed_is_a_superblock() {
    byte[] seed = FuzzSeeds.read(SuperblockFuzzTest.class, "parse", "salted");
    assertThatCode(() -> Superblock.parse(ByteBuffer.wrap(seed))).doesNotThrowAnyException();
  }
}
