package dev.tiu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;

/** Runs commands in this process and keeps what they say. */
final class Tiu {
  private final Clock clock;
  private final Map<String, String> environment;

  Tiu(Clock clock, Map<String, String> environment) {
    this.clock = clock;
    this.environment = environment;
  }

  /** The present time, and an epoch that makes bundles reproducible. */
  static Tiu now() {
    return new Tiu(Clock.systemUTC(), Map.of("SOURCE_DATE_EPOCH", "1750000000"));
  }

  /** What a command said and how it ended. */
  static final class Outcome {
    private final ExitCode code;
    private final byte[] bytes;
    private final String err;

    Outcome(ExitCode code, byte[] bytes, String err) {
      this.code = code;
      this.bytes = bytes;
      this.err = err;
    }

    ExitCode code() {
      return code;
    }

    byte[] bytes() {
      return bytes;
    }

    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    String err() {
      return err;
    }

    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(bytes);
    }

    /** Fails with all that was said if the command didn't end well. */
    Outcome orFail() {
      if (code != ExitCode.OK) {
        throw new AssertionError(code + "\n" + out() + err);
      }
      return this;
    }
  }

  Outcome run(Object... arguments) {
    return run(InputStream.nullInputStream(), arguments);
  }

  /** The same, with something on standard input. */
  Outcome run(InputStream in, Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(out, err);
    String[] texts =
        Arrays.stream(arguments)
            .map(a -> a instanceof Path path ? path.toString() : String.valueOf(a))
            .toArray(String[]::new);
    int number = Main.run(new Context(console, in, clock, environment), texts);
    ExitCode code =
        Arrays.stream(ExitCode.values())
            .filter(c -> c.number() == number)
            .findFirst()
            .orElseThrow();
    return new Outcome(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }
}
