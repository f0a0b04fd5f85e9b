package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of results that nobody takes. */
class StandardOutputTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** A stream whose writes fail as the JDK's do. */
  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        throw new IOException(message);
      }
    };
  }

  private int version(OutputStream out) {
    Console console = new Console(out, err);
    return Main.run(
        new Context(console, InputStream.nullInputStream(), Clock.systemUTC(), Map.of()),
        "--version");
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void reader_that_stops_is_no_failure() {
    assertThat(version(failing("Broken pipe"))).isZero();
    assertThat(said()).isEmpty();
  }

  @Test
  void output_that_is_lost_is_a_failure() {
    assertThat(version(failing("Input/output error"))).isEqualTo(ExitCode.IO.number());
    assertThat(said()).isEqualTo("tiu: standard output can't be written: Input/output error\n");
  }

  @Test
  void disk_full_behind_the_output_is_told_by_the_code() {
    assertThat(version(failing("No space left on device"))).isEqualTo(ExitCode.NO_SPACE.number());
    assertThat(said()).contains("No space left on device").doesNotContain("removed");
  }

  @Test
  void bytes_come_after_the_text_before_them() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Console console = new Console(out, err);
    console.out().print("text ");
    console.bytes().write(new byte[] {'b', 'y', 't', 'e', 's'});
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("text bytes");
  }

  @Test
  void write_after_a_failure_fails_in_the_same_way() {
    OutputStream out = new Console(failing("Broken pipe"), err).bytes();
    assertThatThrownBy(() -> out.write(1)).isInstanceOf(ClosedPipeException.class);
    assertThatThrownBy(out::flush).isInstanceOf(ClosedPipeException.class);
  }
}
