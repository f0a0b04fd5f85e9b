package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FailureReportTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final FailureReport report =
      new FailureReport(new Console(new ByteArrayOutputStream(), err));

  @Test
  void text_quoted_from_a_bundle_does_not_steer_the_terminal() {
    IOException failure = new IOException("found \"\u001b[2J\u009b1m\"");
    failure.addSuppressed(new IOException("\u0007"));

    report.report(failure);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("tiu: found \"\\x1b[2J\\x9b1m\"\ntiu: afterwards also: \\x07\n");
  }
}
