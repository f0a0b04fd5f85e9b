package dev.tiu.verity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Programs that aren't ours, which tests compare with. */
final class Tools {
  private Tools() {}

  record Result(int exitCode, String output) {}

  /** Runs a program to its end in {@code dir}; standard error is part of the output. */
  static Result attempt(Path dir, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** The same, and it must succeed. */
  static String run(Path dir, String... command) throws IOException, InterruptedException {
    Result result = attempt(dir, command);
    assertThat(result.exitCode()).as("%s: %s", List.of(command), result.output()).isZero();
    return result.output();
  }
}
