package dev.tiu.e2e.image;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The command line that was built, on this machine. */
public final class TiuProgram {
  private final Path jar;

  private TiuProgram(Path jar) {
    this.jar = jar;
  }

  /** The one of this build. */
  public static TiuProgram built() {
    return new TiuProgram(Path.of(System.getProperty("tiu.jar")).toAbsolutePath().normalize());
  }

  /** Where {@code tiu.jar} and its {@code lib/} are: all that a guest with a JRE needs. */
  public Path directory() {
    return jar.resolve("..").normalize();
  }

  /** Changes with tiu itself, not with its libraries. */
  String key() throws IOException {
    try (Stream<Path> list = Files.list(directory().resolve("lib"))) {
      List<Path> jars =
          Stream.concat(
                  Stream.of(jar),
                  list.filter(file -> file.getFileName().toString().startsWith("tiu-")).sorted())
              .toList();
      return Cache.sha256(jars);
    }
  }

  /** The one that runs this. */
  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Runs it; gives what it prints. */
  public String run(String... arguments) throws IOException {
    List<String> argv = new ArrayList<>(List.of(java(), "-jar", jar.toString()));
    argv.addAll(List.of(arguments));
    return Command.of(argv).timeLimit(Duration.ofMinutes(20)).run().text();
  }
}
