package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.linux.Dir;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoaderLineTest {
  @TempDir Path etc;
  private Path file;

  @BeforeEach
  void makeDirectory() throws Exception {
    file = Files.createDirectory(etc.resolve("tiu")).resolve("tiu.toml");
  }

  private void write(String toml) throws Exception {
    Files.writeString(file, toml);
    try (Dir dir = Dir.open(etc)) {
      LoaderLine.write(dir, Kind.U_BOOT);
    }
  }

  @Test
  void line_comes_in_a_table_at_the_end() throws Exception {
    write("compatible = \"kiosk\"\n");
    assertThat(file).hasContent("compatible = \"kiosk\"\n\n[boot]\nloader = \"u-boot\"\n");
  }

  @Test
  void line_comes_into_the_table_that_is_there() throws Exception {
    write("[boot] # ours\ntries = 2\n\n[update]\nsource = \"/x\"\n");
    assertThat(file)
        .hasContent("[boot] # ours\nloader = \"u-boot\"\ntries = 2\n\n[update]\nsource = \"/x\"\n");
  }

  @Test
  void what_is_said_already_stays() throws Exception {
    write("boot = { loader = \"u-boot\" }\n");
    assertThat(file).hasContent("boot = { loader = \"u-boot\" }\n");
  }

  @Test
  void table_in_a_form_that_cannot_be_added_to_is_refused() {
    assertThatThrownBy(() -> write("boot = { tries = 2 }\n")).isInstanceOf(UsageException.class);
    assertThat(file).hasContent("boot = { tries = 2 }\n");
  }
}
