package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ManifestTest {
  private static final String DIGEST = "ab".repeat(32);

  static Manifest manifest() {
    return new Manifest(
        1,
        List.of("raspberrypi,*", "acme,box-2"),
        new Version("2026.11~rc1"),
        Optional.of(new Version("2026.1")),
        "aarch64",
        Instant.parse("2026-11-20T12:00:00Z"),
        Optional.of(Instant.parse("2027-11-20T12:00:00Z")),
        new Manifest.OsRelease(
            Optional.of("debian"),
            Optional.of("12"),
            Optional.of("Debian GNU/Linux 12 (bookworm)"),
            Optional.empty()),
        new Manifest.Image(4096 * 200L, 4096 * 200L - 17, 1_000_000, 3, "zstd", 131072),
        new Manifest.Verity(
            1,
            "sha256",
            4096,
            4096,
            200,
            "0011",
            DIGEST,
            4096 * 200L,
            4096 * 4L,
            UUID.fromString("11111111-2222-8333-8444-555555555555")),
        new Manifest.Table(4096 * 204L, 96, DIGEST),
        Optional.of("6.1.0-40-arm64"),
        List.of(BytePath.of("var/lib/dpkg"), BytePath.of("var/cache/fonts")),
        List.of(new EtcPolicy("app/**", "image"), new EtcPolicy("app/own.conf", "local")),
        new Manifest.Boot(Optional.of("regenerate"), Optional.of("console=ttyAMA0 quiet")));
  }

  private static String json() {
    return new String(manifest().toJson(), StandardCharsets.UTF_8);
  }

  private static void assertRefused(String from, String to, String field, String message) {
    String json = json();
    assertThat(json).contains(from);
    byte[] lying = json.replace(from, to).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> Manifest.parse(lying))
        .isInstanceOfSatisfying(
            ManifestException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining(message);
  }

  @Test
  void manifest_reads_back_and_gives_the_same_bytes() throws Exception {
    Manifest parsed = Manifest.parse(manifest().toJson());
    assertThat(parsed).isEqualTo(manifest());
    assertThat(parsed.toJson()).isEqualTo(manifest().toJson());
    assertThat(parsed.cmsOffset()).isEqualTo(4096 * 204L + 96);
  }

  @Test
  void json_is_canonical() {
    assertThat(json())
        .startsWith("{\n  \"format\" : 1,\n  \"compatible\" : [\n    \"raspberrypi,*\",\n")
        .contains("\"rootHash\" : \"" + DIGEST + "\"")
        .endsWith("}\n")
        .doesNotContain("\r");
  }

  @Test
  void unknown_fields_are_ignored() throws Exception {
    String more = json().replaceFirst("\\{", "{ \"later\" : { \"a\" : [ 1 ] },");
    assertThat(Manifest.parse(more.getBytes(StandardCharsets.UTF_8))).isEqualTo(manifest());
  }

  @Test
  void device_names_match_patterns() {
    assertThat(manifest().isCompatibleWith("raspberrypi,4-model-b")).isTrue();
    assertThat(manifest().isCompatibleWith("acme,box-2")).isTrue();
    assertThat(manifest().isCompatibleWith("acme,box-22")).isFalse();
    assertThat(manifest().isCompatibleWith("xraspberrypi,4")).isFalse();
  }

  @Test
  void lying_sizes_are_refused() {
    assertRefused(
        "\"size\" : 819200", "\"size\" : 819201", "image.size", "expected a multiple of 4096");
    assertRefused(
        "\"size\" : 819200", "\"size\" : 9223372036854775807", "image.size", "multiple of 4096");
    assertRefused("\"size\" : 819200", "\"size\" : -4096", "image.size", "-4096 bytes");
    assertRefused(
        "\"bytesUsed\" : 819183", "\"bytesUsed\" : 819201", "image.bytesUsed", "of 819200 bytes");
    assertRefused(
        "\"inodes\" : 3", "\"inodes\" : 4", "contentTable.size", "expected 128, found 96");
    assertRefused("\"inodes\" : 3", "\"inodes\" : 0", "image.inodes", "expected 1 to ");
    assertRefused(
        "\"inodes\" : 3", "\"inodes\" : 4294967299", "image.inodes", "4294967299 is out of range");
    assertRefused(
        "\"treeOffset\" : 819200", "\"treeOffset\" : 0", "verity.treeOffset", "expected 819200");
    assertRefused(
        "\"treeSize\" : 16384", "\"treeSize\" : 20480", "verity.treeSize", "expected 16384");
    assertRefused(
        "\"offset\" : 835584", "\"offset\" : 819200", "contentTable.offset", "expected 835584");
    assertRefused(
        "\"dataBlocks\" : 200", "\"dataBlocks\" : 1e3", "verity.dataBlocks", "whole number");
    assertRefused(
        "\"dataBlockSize\" : 4096", "\"dataBlockSize\" : 512", "verity.dataBlockSize", "4096");
  }

  @Test
  void malformed_values_are_refused() {
    assertRefused(DIGEST, "AB" + DIGEST.substring(2), "verity.rootHash", "64 hex digits");
    assertRefused("\"salt\" : \"0011\"", "\"salt\" : \"001\"", "verity.salt", "hex digits");
    assertRefused("\"zstd\"", "\"rar\"", "image.compression", "\"rar\"");
    assertRefused("aarch64", "../etc", "architecture", "../etc");
    assertRefused("6.1.0-40-arm64", "6.1/../..", "kernelVersion", "6.1/../..");
    assertRefused("2026-11-20T12:00:00Z", "yesterday", "created", "not a time");
    assertRefused("11111111-2222-8333-8444-555555555555", "x", "verity.uuid", "not a UUID");
    assertRefused("\"version\" : \"2026.11~rc1\"", "\"version\" : 2026", "version", "a text");
    assertRefused("\"architecture\" : \"aarch64\",", "", "architecture", "missing");
    assertRefused("(bookworm)", "\\ud800", "osRelease.prettyName", "surrogate");
  }

  @Test
  void json_that_is_none_is_refused() {
    for (String json : List.of("", "[]", "{", json() + "{}", "{\"format\":1,\"format\":1}")) {
      assertThatThrownBy(() -> Manifest.parse(json.getBytes(StandardCharsets.UTF_8)))
          .as(json)
          .isInstanceOf(ManifestException.class);
    }
    String deep = "[".repeat(100_000);
    assertThatThrownBy(() -> Manifest.parse(deep.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("not JSON");
  }

  @Test
  void future_format_asks_for_a_newer_tiu() {
    assertRefused("\"format\" : 1", "\"format\" : 2", "format", "Update tiu on this machine");
  }

  @Test
  void no_patterns_or_too_many_are_refused() {
    Manifest m = manifest();
    for (List<String> patterns : List.of(List.<String>of(), Collections.nCopies(65, "x"))) {
      assertThatThrownBy(
              () ->
                  new Manifest(
                      1,
                      patterns,
                      m.version(),
                      m.minVersion(),
                      m.architecture(),
                      m.created(),
                      m.expires(),
                      m.osRelease(),
                      m.image(),
                      m.verity(),
                      m.contentTable(),
                      m.kernelVersion(),
                      m.imageOwned(),
                      m.etcPolicies(),
                      m.boot()))
          .hasMessageContaining(patterns.size() + " patterns");
    }
  }

  @Test
  void image_owned_paths_lie_below_var() {
    for (String path : List.of("usr/lib", "var", "var/../etc", "/var/lib/x", "var/.x", "var/a b")) {
      assertRefused("var/lib/dpkg", path, "imageOwned", path);
    }
  }

  @Test
  void a_manifest_without_image_owned_paths_has_none() throws Exception {
    String json = json().replaceFirst("\"imageOwned\" : \\[[^]]*],\\s*", "");
    assertThat(json).doesNotContain("imageOwned");
    Manifest parsed = Manifest.parse(json.getBytes(StandardCharsets.UTF_8));
    assertThat(parsed.imageOwned()).isEmpty();
    assertThat(new String(parsed.toJson(), StandardCharsets.UTF_8)).isEqualTo(json);
  }

  @Test
  void etc_policies_are_for_paths_below_etc() {
    for (String pattern : List.of("/etc/app", "../app", "app/../x", "", "x".repeat(257))) {
      assertRefused("app/**", pattern, "etcPolicies", "no pattern");
    }
    assertRefused("\"local\"", "\"LOCAL!\"", "etcPolicies", "no policy");
  }

  @Test
  void a_policy_that_only_a_later_tiu_knows_is_read() throws Exception {
    String json = json().replace("\"local\"", "\"later\"");
    Manifest parsed = Manifest.parse(json.getBytes(StandardCharsets.UTF_8));
    assertThat(parsed.etcPolicies()).contains(new EtcPolicy("app/own.conf", "later"));
  }

  @Test
  void a_manifest_without_etc_policies_has_none() throws Exception {
    String json = json().replaceFirst("\"etcPolicies\" : \\[[^]]*],\\s*", "");
    assertThat(json).doesNotContain("etcPolicies");
    assertThat(Manifest.parse(json.getBytes(StandardCharsets.UTF_8)).etcPolicies()).isEmpty();
  }

  @Test
  void what_it_says_of_booting_is_bounded_and_may_be_missing() throws Exception {
    assertRefused("\"regenerate\"", "\"guess\"", "initrd", "guess");
    assertRefused("ttyAMA0 quiet", "x\\n", "kernelArguments", "other characters");
    assertRefused("ttyAMA0 quiet", "x".repeat(2048), "kernelArguments", "another length");
    String json =
        json().replaceFirst("\"initrd\" : [^,]*,\\s*\"kernelArguments\" : [^,]*,\\s*", "");
    Manifest parsed = Manifest.parse(json.getBytes(StandardCharsets.UTF_8));
    assertThat(parsed.boot()).isEqualTo(Manifest.Boot.UNSPECIFIED);
    assertThat(new String(parsed.toJson(), StandardCharsets.UTF_8)).isEqualTo(json);
  }

  @Test
  void texts_that_would_steer_a_terminal_are_refused() {
    assertRefused("(bookworm)", "\\u001b[2J", "osRelease.prettyName", "control character");
    assertRefused("\"debian\"", "\"a\\nb\"", "osRelease.id", "control character");
    assertRefused("(bookworm)", "x".repeat(300), "osRelease.prettyName", "longer than 256");
  }
}
