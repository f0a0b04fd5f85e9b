package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may say that it has. */
final class ChannelTest {
  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);

  private static final String JSON =
      """
      {
        "format": 1,
        "images": [
          {
            "file": "os-2.tiu",
            "imageId": "%s",
            "version": "2",
            "minVersion": "1.5",
            "architecture": "x86_64",
            "compatible": [
              "kiosk,*",
              "stand"
            ],
            "size": 4096
          }
        ],
        "deltas": [
          {
            "file": "os-2.from-os-1.tiud",
            "from": "%s",
            "to": "%s",
            "size": 100
          }
        ]
      }
      """
          .formatted(TWO, ONE, TWO);

  static final Channel CHANNEL =
      new Channel(
          List.of(image("os-2.tiu", TWO, "2")),
          List.of(new Channel.DeltaFile("os-2.from-os-1.tiud", ONE, TWO, 100)));

  private static Channel.ImageFile image(String file, String id, String version) {
    return new Channel.ImageFile(
        file,
        id,
        new Version(version),
        Optional.of(new Version("1.5")),
        "x86_64",
        List.of("kiosk,*", "stand"),
        4096);
  }

  private static Channel parse(String json) throws ChannelException {
    return Channel.parse(json.getBytes(StandardCharsets.UTF_8), "here/channel.json");
  }

  @Test
  void json_has_a_fixed_form() throws Exception {
    assertThat(new String(CHANNEL.toJson(), StandardCharsets.UTF_8).replace("[ {", "[\n    {"))
        .isEqualToIgnoringWhitespace(JSON);
    assertThat(parse(JSON)).isEqualTo(CHANNEL);
    assertThat(Channel.parse(CHANNEL.toJson(), "again")).isEqualTo(CHANNEL);
  }

  @Test
  void unknown_fields_are_for_later_versions() throws Exception {
    assertThat(parse(JSON.replace("\"format\": 1,", "\"format\": 1, \"mirrors\": [1],")))
        .isEqualTo(CHANNEL);
  }

  @Test
  void other_format_is_refused_before_its_fields_are() {
    assertThatThrownBy(() -> parse("{\"format\": 2, \"images\": 7}"))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining("here/channel.json: ")
        .hasMessageContaining("Update tiu on this machine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../os.tiu",
        "a/os.tiu",
        "/os.tiu",
        "http://host/os.tiu",
        "a\\\\b",
        ".hidden",
        "line\\u000afeed"
      })
  void names_that_lead_elsewhere_are_refused(String name) {
    assertThatThrownBy(() -> parse(JSON.replace("os-2.tiu", name)))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining("images[0].file: not the name of a file in the same directory");
    assertThatThrownBy(() -> parse(JSON.replace("os-2.from-os-1.tiud", name)))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining("deltas[0].file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"not JSON", "[]", "{}", "{\"format\": 1}", "{\"format\": 1, \"images\": {}}", "7"})
  void what_is_no_channel_is_refused(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining("not a channel's description");
  }

  @Test
  void values_that_cannot_be_are_refused_by_name() {
    assertRefused("\"size\": 4096", "\"size\": 0", "images[0].size");
    assertRefused("\"size\": 4096", "\"size\": 1e9", "images[0].size");
    assertRefused("\"size\": 100", "\"size\": -1", "deltas[0].size");
    assertRefused("\"stand\"", "\"" + "*a".repeat(9) + "\"", "more than 8 stars");
    assertRefused("\"imageId\": \"2", "\"imageId\": \"X", "images[0].imageId");
    assertRefused("\"from\": \"1", "\"from\": \"12", "deltas[0].from");
    assertRefused("\"from\": \"" + ONE, "\"from\": \"" + TWO, "deltas[0].to");
    assertRefused("\"version\": \"2\"", "\"version\": \"a b\"", "images[0].not a version");
    assertRefused("\"os-2.from-os-1.tiud\"", "\"os-2.tiu\"", "os-2.tiu is listed twice");
  }

  private static void assertRefused(String part, String replacement, String message) {
    assertThat(JSON).contains(part);
    assertThatThrownBy(() -> parse(JSON.replace(part, replacement)))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining(message);
  }

  @Test
  void sizes_are_bounded_before_anything_is_made_of_them() {
    byte[] large = new byte[Channel.MAX_SIZE + 1];
    assertThatThrownBy(() -> Channel.parse(large, "x"))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining("at most");
    String many = "{},".repeat(Channel.MAX_FILES) + "{}";
    assertThatThrownBy(() -> parse("{\"format\": 1, \"images\": [" + many + "]}"))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining("1025 entries");
    String deep = "[".repeat(1000) + "]".repeat(1000);
    assertThatThrownBy(() -> parse("{\"format\": 1, \"images\": " + deep + "}"))
        .isInstanceOf(ChannelException.class);
  }

  @Test
  void text_of_nothing_but_brackets_is_refused_before_it_fills_the_heap() {
    String many = "[],".repeat(Channel.MAX_SIZE / 3 - 100) + "[]";
    assertThatThrownBy(() -> parse("{\"format\": 1, \"other\": [" + many + "]}"))
        .isInstanceOf(ChannelException.class)
        .hasMessageContaining("oken count");
  }

  @Test
  void largest_channel_can_be_read_again() throws Exception {
    List<Channel.ImageFile> images = new ArrayList<>();
    List<Channel.DeltaFile> deltas = new ArrayList<>();
    List<String> patterns = Collections.nCopies(64, "p");
    for (int i = 0; i < Channel.MAX_FILES; i++) {
      String id = "%064x".formatted(i);
      images.add(
          new Channel.ImageFile(
              i + ".tiu", id, new Version("1"), Optional.empty(), "x86_64", patterns, 1));
      deltas.add(new Channel.DeltaFile(i + ".tiud", id, "f".repeat(64), 1));
    }
    Channel largest = new Channel(images, deltas);
    assertThat(Channel.parse(largest.toJson(), "largest")).isEqualTo(largest);
  }

  @Test
  void image_is_for_devices_whose_name_matches() {
    Channel.ImageFile image = CHANNEL.images().get(0);
    assertThat(image.isFor(List.of("kiosk,large"))).isTrue();
    assertThat(image.isFor(List.of("other", "stand"))).isTrue();
    assertThat(image.isFor(List.of("kiosk"))).isFalse();
    assertThat(image.isFor(List.of())).isFalse();
  }

  @Test
  void image_follows_only_versions_that_it_accepts() {
    Channel.ImageFile image = CHANNEL.images().get(0);
    assertThat(image.mayFollow(new Version("1.5"))).isTrue();
    assertThat(image.mayFollow(new Version("1.4"))).isFalse();
  }

  @Test
  void smallest_delta_between_two_images_is_found() {
    Channel channel =
        new Channel(
            List.of(),
            List.of(
                new Channel.DeltaFile("large", ONE, TWO, 200),
                new Channel.DeltaFile("small", ONE, TWO, 100),
                new Channel.DeltaFile("back", TWO, ONE, 1)));
    assertThat(channel.delta(ONE, TWO)).map(Channel.DeltaFile::file).contains("small");
    assertThat(channel.delta(ONE, "3".repeat(64))).isEmpty();
  }
}
