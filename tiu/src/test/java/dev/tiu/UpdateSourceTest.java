package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.http.Transfer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is meant by what somebody says of where an update comes from. */
final class UpdateSourceTest {
  @TempDir private Path directory;

  private UpdateSource parse(String text) throws UsageException {
    return UpdateSource.parse(text, new Downloads(() -> Transfer.of(directory, "tiu/test")));
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/x/, https://h/x/channel.json",
    "https://h, https://h/channel.json",
    "https://n:p@h/x/other.json, https://h/x/other.json",
    "https://h/x/c.json?sig=1, https://h/x/c.json",
    "stick/, stick/channel.json",
    "stick/other.json, stick/other.json",
    "other.json, other.json",
    "/, /channel.json",
  })
  void slash_or_json_at_the_end_is_a_channel(String text, String description)
      throws UsageException {
    assertThat(parse(text))
        .isInstanceOfSatisfying(
            UpdateSource.OfChannel.class,
            channel ->
                assertThat(channel.place().name(channel.description())).isEqualTo(description));
  }

  @Test
  void directory_is_a_channel_without_a_slash() throws UsageException {
    assertThat(parse(directory.toString()))
        .isEqualTo(
            new UpdateSource.OfChannel(new ChannelPlace.Directory(directory), "channel.json"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/x/os.tiu, os.tiu, https://h/x/channel.json",
    "https://h/get?file=os.json, get, https://h/channel.json",
    "os.tiu, os.tiu, channel.json",
    "/srv/os.tiu, os.tiu, /srv/channel.json",
  })
  void anything_else_is_a_bundle_with_what_lies_beside_it(String text, String file, String beside)
      throws UsageException {
    assertThat(parse(text))
        .isInstanceOfSatisfying(
            UpdateSource.OfBundle.class,
            bundle -> {
              assertThat(bundle.file()).isEqualTo(file);
              assertThat(bundle.place().name("channel.json")).isEqualTo(beside);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://", "http://h:99999/os.tiu", "https://n:s3cret@/x", "a\0b"})
  void what_is_neither_address_nor_path_is_a_mistake(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(UsageException.class)
        .hasMessageNotContaining("s3cret");
  }
}
