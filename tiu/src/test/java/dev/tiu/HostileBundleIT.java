package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bundles that somebody cut, changed, or signed who mustn't: each ends in one line and its code.
 */
class HostileBundleIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;
  private static byte[] good = {};
  private static JsonNode info = MissingNode.getInstance();

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    good = Files.readAllBytes(samples.v1());
    info = run("info", samples.v1(), "--json").orFail().json();
  }

  private static Tiu.Outcome run(String command, Path bundle, Object... more) {
    Object[] start = {command, "--keyring", samples.keyring(), bundle};
    Object[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return TIU.run(all);
  }

  private static Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("hostile.tiu"), bytes);
  }

  private static Path flipped(long offset) throws IOException {
    byte[] bytes = good.clone();
    bytes[(int) offset] ^= 0x40;
    return write(bytes);
  }

  private static void assertRefused(Tiu.Outcome outcome, ExitCode code, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.err()).startsWith("tiu: ").contains(parts);
    assertThat(outcome.err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32, 33, 4096, 1_000_000})
  void truncated_bundle_is_damaged(int missing) throws IOException {
    Path bundle = write(Arrays.copyOf(good, good.length - missing));
    assertRefused(run("info", bundle), ExitCode.DAMAGED, "hostile.tiu");
  }

  @Test
  void empty_file_is_damaged() throws IOException {
    assertRefused(run("verify", write(new byte[0])), ExitCode.DAMAGED, "hostile.tiu");
  }

  @Test
  void flipped_byte_of_file_data_is_found_with_its_block() throws IOException {
    Path bundle = flipped(1_000_000);
    assertRefused(run("verify", bundle), ExitCode.DAMAGED, "hostile.tiu", "offset 999424");
  }

  @Test
  void flipped_byte_of_the_hash_tree_is_found_with_its_block() throws IOException {
    long offset = info.path("verity").path("treeOffset").asLong() + 4096 + 100;
    assertRefused(
        run("verify", flipped(offset)), ExitCode.DAMAGED, "hash tree", "offset " + (offset - 100));
  }

  @Test
  void flipped_byte_of_the_content_table_is_found() throws IOException {
    long offset = info.path("contentTable").path("offset").asLong();
    assertRefused(
        run("verify", flipped(offset)), ExitCode.DAMAGED, "content table", "offset " + offset);
  }

  @Test
  void flipped_byte_of_the_manifest_breaks_the_signature() throws IOException {
    byte[] word = "\"compatible\"".getBytes(StandardCharsets.US_ASCII);
    int at = good.length - word.length;
    while (!Arrays.equals(good, at, at + word.length, word, 0, word.length)) {
      at--;
    }
    Tiu.Outcome outcome = run("info", flipped(at + 1));
    assertThat(outcome.code()).as(outcome.err()).isIn(ExitCode.UNTRUSTED, ExitCode.DAMAGED);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void stranger_is_not_trusted_unless_one_insists_on_looking() throws IOException {
    Path strangers = directory.resolve("strangers");
    TIU.run("key", "init", strangers).orFail();
    Path theirs = strangers.resolve("ca.crt.pem");
    assertRefused(
        TIU.run("info", "--keyring", theirs, samples.v1()), ExitCode.UNTRUSTED, theirs.toString());
    Tiu.Outcome insecure = TIU.run("info", "--insecure-any-signer", samples.v1()).orFail();
    assertThat(insecure.err()).contains("could be from anybody");
    assertThat(insecure.out()).contains("version 1").doesNotContain("Signed by");
  }

  @Test
  void keyring_without_certificates_trusts_nothing() throws IOException {
    Path empty = Files.createDirectories(directory.resolve("empty"));
    assertRefused(
        TIU.run("verify", "--keyring", empty, samples.v1()), ExitCode.UNTRUSTED, empty.toString());
  }

  @Test
  void expired_bundle_is_refused_with_its_date() throws IOException {
    Path bundle = samples.pack("v1", "1.old", "--expires", "2036-01-31");
    run("info", bundle).orFail();
    Instant after = Instant.parse("2036-02-01T00:00:01Z");
    Tiu later = new Tiu(Clock.fixed(after, ZoneOffset.UTC), Map.of());
    assertRefused(
        later.run("info", "--keyring", samples.keyring(), bundle),
        ExitCode.UNFIT,
        "expired at 2036-02-01T00:00:00Z");
  }
}
