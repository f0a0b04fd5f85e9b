package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of real bundles as channels. */
class PublishIT {
  @TempDir private static Path samplesDirectory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  @TempDir private Path directory;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(samplesDirectory, TIU);
    samples.pack("v1", "1.5");
  }

  @BeforeEach
  void fill() throws IOException {
    Files.copy(samples.v1(), path("os-1.tiu"));
    Files.copy(samples.v2(), path("os-2.tiu"));
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private Tiu.Outcome publish(Object... more) {
    Object[] arguments = {
      "publish",
      directory,
      "--keyring",
      samples.keyring(),
      "--key",
      samplesDirectory.resolve("keys/signer.key.pem"),
      "--cert",
      samplesDirectory.resolve("keys/signer.crt.pem"),
    };
    Object[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return TIU.run(all);
  }

  private JsonNode channel() throws IOException {
    return new ObjectMapper().readTree(Files.readAllBytes(path("channel.json")));
  }

  private static List<String> texts(JsonNode list, String field) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(node -> node.path(field).asText())
        .toList();
  }

  private List<String> images() throws IOException {
    return texts(channel().path("images"), "file");
  }

  private List<String> deltas() throws IOException {
    return texts(channel().path("deltas"), "file");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void a_channel_lists_images_from_old_to_new_as_they_say_of_themselves() throws IOException {
    Files.copy(samplesDirectory.resolve("v1-1.5.tiu"), path("another.tiu"));

    publish("--deltas", 0).orFail();

    assertThat(images()).containsExactly("os-1.tiu", "another.tiu", "os-2.tiu");
    JsonNode newest = channel().path("images").path(2);
    JsonNode info =
        TIU.run("info", "--json", "--keyring", samples.keyring(), samples.v2()).orFail().json();
    assertThat(newest.path("version").asText()).isEqualTo("2");
    assertThat(newest.path("architecture")).isEqualTo(info.path("architecture"));
    assertThat(newest.path("compatible")).isEqualTo(info.path("compatible"));
    assertThat(newest.path("size").asLong()).isEqualTo(Files.size(samples.v2()));
    assertThat(newest.path("imageId").asText()).matches("[0-9a-f]{64}");
    assertThat(deltas()).isEmpty();
  }

  @Test
  void missing_deltas_lead_from_the_last_versions_to_the_newest() throws IOException {
    Files.copy(samplesDirectory.resolve("v1-1.5.tiu"), path("os-1.5.tiu"));

    publish("--deltas", 1).orFail();
    assertThat(deltas()).containsExactly("os-2.from-os-1.5.tiud");

    Tiu.Outcome all = publish().orFail();
    assertThat(deltas()).containsExactly("os-2.from-os-1.5.tiud", "os-2.from-os-1.tiud");
    assertThat(all.out()).contains("Made os-2.from-os-1.tiud").doesNotContain("from-os-1.5");
    for (JsonNode delta : channel().path("deltas")) {
      assertThat(delta.path("size").asLong())
          .isEqualTo(Files.size(path(delta.path("file").asText())));
      assertThat(delta.path("to")).isEqualTo(channel().path("images").path(2).path("imageId"));
    }
  }

  @Test
  void a_second_run_changes_nothing() throws IOException {
    publish().orFail();
    FileTime past = FileTime.fromMillis(1_700_000_000_000L);
    for (String file : files()) {
      Files.setLastModifiedTime(path(file), past);
    }

    Tiu.Outcome again = publish().orFail();

    assertThat(again.out()).contains("channel.json is up to date: 2 images, 1 delta");
    for (String file : files()) {
      assertThat(Files.getLastModifiedTime(path(file))).as(file).isEqualTo(past);
    }
  }

  @Test
  void what_is_gone_is_dropped_and_what_is_foreign_is_left_alone() throws IOException {
    Files.writeString(path("index.html"), "hello");
    Files.createDirectory(path("old.tiu"));
    publish().orFail();
    Files.delete(path("os-2.tiu"));

    Tiu.Outcome outcome = publish().orFail();

    assertThat(images()).containsExactly("os-1.tiu");
    assertThat(deltas()).isEmpty();
    assertThat(outcome.err()).contains("os-2.from-os-1.tiud: leads to an image that isn't here");
    assertThat(files())
        .containsExactly(
            "channel.json", "index.html", "old.tiu", "os-1.tiu", "os-2.from-os-1.tiud");
  }

  @Test
  void damaged_bundle_is_named_and_left_out() throws IOException {
    byte[] bundle = Files.readAllBytes(samples.v2());
    bundle[bundle.length / 3] ^= 1;
    Files.write(path("os-2.tiu"), bundle);
    Files.writeString(path("text.tiu"), "no bundle");

    Tiu.Outcome outcome = publish();

    assertThat(outcome.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(outcome.err()).contains("Left out: " + path("os-2.tiu")).contains("text.tiu");
    assertThat(images()).containsExactly("os-1.tiu");
    assertThat(outcome.out()).contains("lists 1 image, 0 deltas");
  }

  @Test
  void bundle_of_a_stranger_is_named_and_left_out() throws IOException {
    TIU.run("key", "init", path("other")).orFail();

    Tiu.Outcome outcome =
        TIU.run(
            "publish",
            directory,
            "--keyring",
            path("other/ca.crt.pem"),
            "--key",
            path("other/signer.key.pem"),
            "--cert",
            path("other/signer.crt.pem"));

    assertThat(outcome.code()).isEqualTo(ExitCode.UNTRUSTED);
    assertThat(images()).isEmpty();
  }

  @Test
  void damaged_delta_is_left_out_and_not_replaced() throws IOException {
    publish().orFail();
    Path delta = path("os-2.from-os-1.tiud");
    byte[] bytes = Files.readAllBytes(delta);
    bytes[bytes.length / 2] ^= 1;
    Files.write(delta, Arrays.copyOf(bytes, bytes.length - 1));

    Tiu.Outcome outcome = publish();

    assertThat(outcome.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(deltas()).isEmpty();
    assertThat(Files.size(delta)).isEqualTo(bytes.length - 1);
    assertThat(outcome.err()).contains("remove it, and the next `tiu publish` makes it anew");
  }

  @Test
  void delta_of_images_that_were_replaced_keeps_its_name() throws IOException {
    publish().orFail();
    Path expired = samples.pack("v1", "1.2", "--expires", "2020-01-01");
    Files.delete(path("os-1.tiu"));
    Files.copy(samplesDirectory.resolve("v1-1.5.tiu"), path("os-1.tiu"));
    Files.copy(expired, path("late.tiu"));

    Tiu.Outcome outcome = publish().orFail();

    assertThat(outcome.err()).contains("late.tiu").contains("expired");
    assertThat(images()).containsExactly("os-1.tiu", "os-2.tiu");
    List<String> others = new ArrayList<>(deltas());
    assertThat(others).hasSize(2).contains("os-2.from-os-1.tiud");
    others.remove("os-2.from-os-1.tiud");
    assertThat(others.get(0)).matches("[0-9a-f]{16}\\.from-[0-9a-f]{16}\\.tiud");
  }

  @Test
  void programs_are_told_what_was_done() throws IOException {
    Files.writeString(path("text.tiu"), "no bundle");

    JsonNode said = publish("--json", "--deltas", 0).json();

    assertThat(said.path("changed").asBoolean()).isTrue();
    assertThat(said.path("images")).hasSize(2);
    assertThat(said.path("leftOut").path(0).path("file").asText()).isEqualTo("text.tiu");
    assertThat(said.path("leftOut").path(0).path("wrong").asBoolean()).isTrue();
  }
}
