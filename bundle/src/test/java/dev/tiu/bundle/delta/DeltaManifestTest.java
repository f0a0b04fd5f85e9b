package dev.tiu.bundle.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.ManifestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class DeltaManifestTest {
  private static byte[] with(String from, String to) throws IOException {
    String json = new String(Samples.manifest().toJson(), StandardCharsets.UTF_8);
    assertThat(json).contains(from);
    return json.replace(from, to).getBytes(StandardCharsets.UTF_8);
  }

  private static void assertRefused(String from, String to, String message) throws IOException {
    byte[] json = with(from, to);
    assertThatThrownBy(() -> DeltaManifest.parse(json))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining(message);
  }

  @FuzzTest
  void parse(byte[] json) throws ManifestException {
    DeltaManifest manifest;
    try {
      manifest = DeltaManifest.parse(json);
    } catch (ManifestException e) {
      assertThat(e).hasMessageContaining(" ");
      return;
    }
    assertThat(DeltaManifest.parse(manifest.toJson())).isEqualTo(manifest);
  }

  @Test
  void manifest_reads_back() throws Exception {
    DeltaManifest manifest = Samples.manifest();
    assertThat(DeltaManifest.parse(manifest.toJson())).isEqualTo(manifest);
  }

  @Test
  void bundles_and_deltas_do_not_pass_as_each_other() throws Exception {
    assertThatThrownBy(() -> Manifest.parse(Samples.manifest().toJson()))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("kind: \"delta\"; a bundle's manifest has no kind");
    assertRefused("\"kind\" : \"delta\"", "\"kind\" : \"bundle\"", "kind: \"bundle\"");
    assertRefused("\"kind\" : \"delta\",", "", "kind: missing");
  }

  @Test
  void future_format_asks_for_a_newer_tiu() throws Exception {
    assertRefused("\"format\" : 1", "\"format\" : 2", "Update tiu on this machine");
  }

  @Test
  void counts_and_sizes_are_bounded() throws Exception {
    assertRefused("\"patches\" : 2", "\"patches\" : 1000001", "index.patches");
    assertRefused("\"oldFiles\" : 2", "\"oldFiles\" : 2147483648", "index.oldFiles");
    assertRefused("\"segments\" : 3", "\"segments\" : 1", "index.segments: 1 for 2 patches");
    assertRefused("\"segments\" : 3", "\"segments\" : 4", "index.unpackedSize");
    assertRefused("\"bytesUsed\" : 60", "\"bytesUsed\" : 4097", "data.bytesUsed");
    assertRefused("\"size\" : 100", "\"size\" : 0", "index.size");
  }

  @Test
  void parts_follow_each_other() throws Exception {
    String offset = "\"offset\" : " + Samples.manifest().index().offset();
    assertRefused(offset, "\"offset\" : 1", "index.offset");
    assertRefused("\"treeOffset\" : 4096", "\"treeOffset\" : 8192", "verity.treeOffset");
  }

  @Test
  void delta_from_an_image_to_itself_is_refused() throws Exception {
    assertRefused("b".repeat(64), "a".repeat(64), "to.imageId: the same as from.imageId");
    assertRefused("b".repeat(64), "B".repeat(64), "expected 64 hex digits");
  }
}
