package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.http.testing.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tiu delta}, and what the commands that look into bundles say of what it makes. */
class DeltaCommandIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;
  private static Path delta;
  private static Tiu.Outcome made;

  @BeforeAll
  static void make() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    samples.changeALittle("v2");
    delta = directory.resolve("2.from-1.tiud");
    made = delta(samples.v1(), samples.v2(), "--output", delta).orFail();
  }

  private static Tiu.Outcome delta(Object... more) {
    Object[] start = {
      "delta",
      "--key",
      directory.resolve("keys/signer.key.pem"),
      "--cert",
      directory.resolve("keys/signer.crt.pem")
    };
    return TIU.run(joined(start, more));
  }

  private static Tiu.Outcome run(String command, Object... more) {
    return TIU.run(joined(new Object[] {command, "--keyring", samples.keyring()}, more));
  }

  private static Object[] joined(Object[] start, Object... more) {
    Object[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return all;
  }

  @Test
  void delta_says_what_it_has_and_what_it_leaves() {
    assertThat(made.out())
        .contains("Made " + delta, "from version 1 to 2", " left to the bundle")
        .containsPattern("\\d+ patch(es)? for .* of content")
        .containsPattern("With both, \\d+\\.\\d % of the bundle's .* are fetched");
  }

  @Test
  void output_that_is_one_of_the_bundles_is_refused() throws IOException {
    byte[] before = Files.readAllBytes(samples.v1());
    Tiu.Outcome outcome = delta(samples.v1(), samples.v2(), "--output", samples.v1());
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains("would replace a bundle");
    assertThat(Files.readAllBytes(samples.v1())).isEqualTo(before);
  }

  @Test
  void what_cannot_be_made_leaves_no_file(@TempDir Path empty) {
    Path output = empty.resolve("x.tiud");
    assertThat(delta(samples.v1(), samples.v1(), "--output", output).code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(delta(samples.v1(), samples.v2(), "--output", output, "--level", 23).code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(delta(samples.v1(), delta, "--output", output).code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void info_names_both_images_and_the_signer() throws IOException {
    JsonNode json = run("info", "--json", delta).orFail().json();
    assertThat(json.path("kind").asText()).isEqualTo("delta");
    assertThat(json.path("from").path("version").asText()).isEqualTo("1");
    assertThat(json.path("to").path("version").asText()).isEqualTo("2");
    assertThat(json.path("signers")).hasSize(1);

    assertThat(run("info", delta).orFail().out())
        .contains("version 1, image " + json.path("from").path("imageId").asText())
        .contains("version 2, image " + json.path("to").path("imageId").asText())
        .contains("Signed by:");
  }

  @Test
  void whole_delta_is_verified_and_a_damaged_one_is_not() throws IOException {
    assertThat(run("verify", delta).orFail().out())
        .contains("Signature: by ", "Hash tree: ", "Index: ", delta + " is whole");
    byte[] bytes = Files.readAllBytes(delta);
    bytes[10] ^= 1;
    Path damaged = Files.write(directory.resolve("damaged.tiud"), bytes);

    Tiu.Outcome outcome = run("verify", damaged);

    assertThat(outcome.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(outcome.err()).contains("patches at offset 0");
  }

  @Test
  void delta_of_an_unknown_signer_is_not_trusted(@TempDir Path other) {
    TIU.run("key", "init", other.resolve("keys")).orFail();
    for (String command : new String[] {"info", "verify"}) {
      Tiu.Outcome outcome = TIU.run(command, "--keyring", other.resolve("keys/ca.crt.pem"), delta);
      assertThat(outcome.code()).isEqualTo(ExitCode.UNTRUSTED);
    }
  }

  @Test
  void delta_on_a_server_is_shown_and_verified(@TempDir Path cache) throws IOException {
    try (WebDirectory web = WebDirectory.serving(directory)) {
      String url = web.url("2.from-1.tiud");
      assertThat(run("info", "--json", url).orFail().json())
          .isEqualTo(run("info", "--json", delta).json());
      assertThat(run("verify", "--cache-dir", cache, url).orFail().out()).contains(" is whole");
      assertThat(cache).isEmptyDirectory();
    }
  }

  @Test
  void info_of_a_delta_leaves_no_download_behind(@TempDir Path cache) throws IOException {
    try (WebDirectory web = WebDirectory.serving(directory)) {
      web.answer(
          request ->
              web.answer(new Request(0, "GET", request.target(), Map.of()))
                  .without("Accept-Ranges"));
      run("info", "--cache-dir", cache, web.url("2.from-1.tiud")).orFail();
      assertThat(cache).isEmptyDirectory();
    }
  }
}
