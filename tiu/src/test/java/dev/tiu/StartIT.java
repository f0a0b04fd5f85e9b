package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code bin/tiu} in a copy of the built checkout, and the archive of classes that it starts from.
 *
 * <pre>
 * checkout/
 *   bin/tiu
 *   pom.xml
 *   scripts/
 *   tiu/target/tiu.jar, lib/
 *   tiu/target/start/JDK.jsa, JDK.jsa.for
 * </pre>
 */
class StartIT {
  private static final String NOBODY = "65534";

  private static Path made = Path.of("");

  private Path checkout = Path.of("");

  @BeforeAll
  static void make() throws IOException {
    made = Files.createTempDirectory("tiu-start");
    Path jar = Path.of(System.getProperty("tiu.jar"));
    Path root = jar.resolveSibling("../..").normalize();
    Path copy = Files.createDirectories(made.resolve("checkout/tiu/target"));
    Command.of(
            "cp",
            "-rp",
            root.resolve("bin").toString(),
            root.resolve("scripts").toString(),
            root.resolve("pom.xml").toString(),
            made.resolve("checkout").toString())
        .run();
    Command.of("cp", "-r", jar.toString(), jar.resolveSibling("lib").toString(), copy.toString())
        .run();
    Command.of("chmod", "-R", "a+rX", made.toString()).run();
  }

  @AfterAll
  static void remove() throws IOException {
    Command.of("rm", "-r", made.toString()).run();
  }

  @BeforeEach
  void find() {
    checkout = made.resolve("checkout");
  }

  private Command tiu(Map<String, String> variables, String... arguments) {
    List<String> argv = new ArrayList<>(List.of(checkout.resolve("bin/tiu").toString()));
    argv.addAll(List.of(arguments));
    return command(argv, variables);
  }

  private static Command command(List<String> argv, Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(variables);
    all.put("JAVA_HOME", System.getProperty("java.home"));
    return Command.of(argv).environment(all);
  }

  private void assertRuns() throws IOException {
    Command.Result result = tiu(Map.of(), "--version").run();
    assertThat(result.text()).matches("tiu \\d+\\.\\d+\\.\\d+\\S*\nJava .*");
    assertThat(result.errorTail()).isEmpty();
  }

  private Path archive() throws IOException {
    try (Stream<Path> files = Files.list(checkout.resolve("tiu/target/start"))) {
      List<Path> archives = files.filter(file -> file.toString().endsWith(".jsa")).toList();
      assertThat(archives).hasSize(1);
      return archives.get(0);
    }
  }

  /** Where the classes came from that a command loaded: a line each. */
  private List<String> loadedBy(String... arguments) throws IOException {
    Path log = made.resolve("loaded");
    Files.deleteIfExists(log);
    tiu(Map.of("TIU_JAVA_OPTS", "-Xlog:class+load:file=" + log), arguments).run();
    return Files.readAllLines(log);
  }

  private static void assertFromArchive(List<String> loaded) {
    List<String> ours =
        loaded.stream()
            .filter(line -> line.contains(" dev.tiu.") && !line.contains("Lambda"))
            .toList();
    assertThat(ours).isNotEmpty().allMatch(line -> line.contains("source: shared objects file"));
  }

  @Test
  void classes_come_from_the_archive_and_those_of_signed_jars_too() throws IOException {
    List<String> loaded = loadedBy("key", "init", made.resolve("keys").toString());
    assertFromArchive(loaded);
    assertThat(loaded)
        .anyMatch(
            line ->
                line.contains(" org.bouncycastle.cert.X509v3CertificateBuilder ")
                    && line.contains("source: shared objects file"));
  }

  enum Content {
    MISSING,
    EMPTY,
    CUT_OFF,
    FOREIGN
  }

  @ParameterizedTest
  @EnumSource
  void archive_that_is_no_use_is_passed_over_silently(Content content) throws IOException {
    assertRuns();
    Path archive = archive();
    Path kept = Files.move(archive, made.resolve("kept"), StandardCopyOption.REPLACE_EXISTING);
    try {
      switch (content) {
        case MISSING -> Files.createFile(Path.of(archive + ".failed"));
        case EMPTY -> Files.createFile(archive);
        case CUT_OFF -> {
          Files.copy(kept, archive);
          Command.of("truncate", "--size=1M", archive.toString()).run();
        }
        case FOREIGN -> {
          byte[] bytes = new byte[1 << 20];
          new Random(1).nextBytes(bytes);
          Files.write(archive, bytes);
        }
      }
      long size = Files.exists(archive) ? Files.size(archive) : -1;
      assertRuns();
      assertThat(Files.exists(archive) ? Files.size(archive) : -1).isEqualTo(size);
    } finally {
      Files.deleteIfExists(Path.of(archive + ".failed"));
      Files.move(kept, archive, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void archive_of_an_older_build_is_made_again() throws IOException {
    assertRuns();
    Path archive = archive();
    Files.setLastModifiedTime(archive, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    assertFromArchive(loadedBy("--version"));
    assertThat(Files.getLastModifiedTime(archive).toInstant()).isAfter("2025-01-01T00:00:00Z");
  }

  @Test
  void archive_is_made_again_in_a_checkout_that_was_moved() throws IOException {
    assertRuns();
    Path old = checkout;
    checkout = Files.move(old, made.resolve("moved"));
    try {
      assertFromArchive(loadedBy("--version"));
    } finally {
      Files.move(checkout, old);
    }
  }

  @Test
  void checkout_that_cannot_be_written_runs_without_an_archive() throws IOException {
    Path archives = checkout.resolve("tiu/target/start");
    Command.of("rm", "-rf", archives.toString()).run();
    List<String> argv =
        List.of(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            checkout.resolve("bin/tiu").toString(),
            "--version");
    Command.Result result = command(argv, Map.of()).run();
    assertThat(result.text()).startsWith("tiu ");
    assertThat(result.errorTail()).isEmpty();
    assertThat(archives).doesNotExist();
  }

  @Test
  void options_of_the_caller_win() throws IOException {
    String text =
        tiu(Map.of("TIU_JAVA_OPTS", "-XshowSettings:vm -Xmx77m"), "--version").run().errorTail();
    assertThat(text).contains("Max. Heap Size: 77.00M");
  }
}
