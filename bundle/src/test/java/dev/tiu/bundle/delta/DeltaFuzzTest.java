package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tiu.bundle.BundleException;
import dev.tiu.bundle.FuzzSeeds;
import dev.tiu.bundle.MemorySource;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.Trust;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * Any bytes can be read as a delta and applied, or fail as declared; without looking at the
 * signature, which otherwise stops everything.
 */
final class DeltaFuzzTest {
  private static final int MODEST = 64;

  @FuzzTest
  void open(byte[] bytes) throws IOException {
    try {
      readAll(bytes);
    } catch (BundleException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
    }
  }

  /** Each patch is tried; an old file of zeros is one that a device may have, too. */
  private static int readAll(byte[] bytes) throws IOException {
    int made = 0;
    try (Delta delta = Delta.open(new MemorySource(bytes), Trust.insecureWithoutSignature());
        PatchReader reader = delta.reader()) {
      delta.verify(1, Progress.NONE);
      for (Patch patch : delta.patches().stream().limit(MODEST).toList()) {
        for (Segment segment : patch.segments().stream().limit(MODEST).toList()) {
          ByteBuffer dst = ByteBuffer.allocateDirect(segment.size());
          try {
            reader.read(segment, (offset, old) -> zeros(old), dst);
            made++;
          } catch (DeltaException e) {
            assertThat(dst.position()).isZero();
          }
        }
      }
    }
    return made;
  }

  private static void zeros(ByteBuffer dst) {
    while (dst.hasRemaining()) {
      dst.put((byte) 0);
    }
  }

  @Test
  void seed_is_a_delta_with_patches() throws IOException {
    assertThat(readAll(FuzzSeeds.read(DeltaFuzzTest.class, "open", "zeros"))).isPositive();
  }
}
