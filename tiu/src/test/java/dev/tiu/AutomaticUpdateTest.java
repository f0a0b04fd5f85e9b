package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutomaticUpdateTest {
  @TempDir private Path root;

  private Optional<String> obstacle(String settings) throws IOException {
    return new AutomaticUpdate(root, UpdateSettings.of(new TomlMapper().readTree(settings)))
        .obstacle();
  }

  private void supply(String name, String type, String file, String value) throws IOException {
    Path supply = Files.createDirectories(root.resolve("sys/class/power_supply").resolve(name));
    Files.writeString(supply.resolve("type"), type + "\n");
    Files.writeString(supply.resolve(file), value + "\n");
  }

  @Test
  void machine_without_a_battery_updates() throws Exception {
    assertThat(obstacle("")).isEmpty();
  }

  @Test
  void on_battery_it_does_not_however_full_it_is_unless_allowed() throws Exception {
    supply("BAT0", "Battery", "capacity", "100");
    assertThat(obstacle("")).get().asString().contains("on battery, 100 %", "on-battery = true");
    assertThat(obstacle("on-battery = true")).isEmpty();
  }

  @Test
  void with_power_from_outside_it_does() throws Exception {
    supply("BAT0", "Battery", "capacity", "10");
    supply("AC", "Mains", "online", "1");
    assertThat(obstacle("")).isEmpty();
  }
}
