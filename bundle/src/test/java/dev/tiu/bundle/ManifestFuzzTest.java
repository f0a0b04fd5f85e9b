package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;

/** Any bytes are a manifest, whose own JSON says the same, or a ManifestException. */
final class ManifestFuzzTest {
  @FuzzTest
  void parse(byte[] json) throws ManifestException {
    Manifest manifest;
    try {
      manifest = Manifest.parse(json);
    } catch (ManifestException e) {
      assertThat(e).hasMessageContaining(" ");
      return;
    }
    byte[] written = manifest.toJson();
    assertThat(Manifest.parse(written)).isEqualTo(manifest);
    assertThat(manifest.cmsOffset()).isGreaterThan(manifest.image().size());
    assertThat(manifest.verity().parameters().dataSize()).isEqualTo(manifest.image().size());
  }

  @Test
  void seed_is_a_manifest() throws ManifestException {
    byte[] seed = FuzzSeeds.read(ManifestFuzzTest.class, "parse", "full");
    assertThat(Manifest.parse(seed).toJson()).isEqualTo(seed);
  }
}
