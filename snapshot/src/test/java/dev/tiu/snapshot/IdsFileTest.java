package dev.tiu.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Dir;
import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdsFileTest {
  @TempDir private Path place;

  private void write(byte[] json) throws IOException {
    Files.createDirectories(place.resolve("tiu"));
    Files.write(place.resolve("tiu/ids.json"), json);
  }

  private IdMap read() throws IOException {
    try (Dir dir = Dir.open(place)) {
      return IdsFile.read(dir);
    }
  }

  @Test
  void missing_file_says_that_all_numbers_are_the_images() throws IOException {
    assertThat(read()).isEqualTo(IdMap.NONE);
  }

  @Test
  void what_is_written_is_read_again() throws IOException {
    IdMap ids =
        new IdMap(
            List.of(new IdMap.Entry("a\u00ff", 998, -2), new IdMap.Entry("b", 5, 6)),
            List.of(new IdMap.Entry("a\u00ff", 998, 999)));
    write(IdsFile.json(ids));
    assertThat(read()).isEqualTo(ids);
  }

  @Test
  void damage_is_told_from_what_a_map_can_say() throws IOException {
    for (String damaged :
        List.of(
            "",
            "{",
            "{}",
            "[]",
            "{\"users\": [{}], \"groups\": []}",
            "{\"users\": [{\"name\": \"a\", \"image\": 0, \"device\": 5}], \"groups\": []}",
            "{\"users\": [{\"name\": \"a\", \"image\": 4294967296, \"device\": 5}], \"groups\": []}",
            "{\"users\": [], \"groups\": 5}")) {
      write(damaged.getBytes(UTF_8));
      assertThatThrownBy(this::read)
          .as(damaged)
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("tiu/ids.json");
    }
  }
}
