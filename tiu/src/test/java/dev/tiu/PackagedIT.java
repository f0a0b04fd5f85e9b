package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code java -jar tiu.jar}, copied to where any user may read it. */
class PackagedIT {
  private static final String NOBODY = "65534";

  private Path directory = Path.of("");

  @BeforeEach
  void copy() throws IOException {
    directory = Files.createTempDirectory("tiu-packaged");
    Path built = Path.of(System.getProperty("tiu.jar"));
    Command.of(
            "cp",
            "-r",
            built.toString(),
            built.resolveSibling("lib").toString(),
            directory.toString())
        .run();
    Command.of("chmod", "-R", "a+rX", directory.toString()).run();
  }

  @AfterEach
  void remove() throws IOException {
    Command.of("rm", "-r", directory.toString()).run();
  }

  private List<String> tiu(Object... arguments) {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    argv.addAll(List.of("-jar", directory.resolve("tiu.jar").toString()));
    for (Object argument : arguments) {
      argv.add(argument.toString());
    }
    return argv;
  }

  private static List<String> asNobody(List<String> argv) {
    List<String> all =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    all.addAll(argv);
    return all;
  }

  @Test
  void version_is_the_projects_and_nothing_else_is_said() throws IOException {
    Command.Result result = Command.of(tiu("--version")).run();
    assertThat(result.text()).matches("tiu \\d+\\.\\d+\\.\\d+\\S*\nJava .*");
    assertThat(result.errorTail()).isEmpty();
  }

  @Test
  void exit_code_reaches_the_shell() {
    try {
      Command.of(tiu("nonsense")).run();
      throw new AssertionError("it took nonsense");
    } catch (CommandException e) {
      assertThat(e.failure()).isEqualTo(new CommandException.Exited(ExitCode.USAGE.number()));
      assertThat(e.errorTail()).startsWith("tiu: ").contains("nonsense");
    }
  }

  /** Packing an archive needs no root, unpacking does and says so before it writes. */
  @Test
  void user_who_is_not_root_packs_but_does_not_extract() throws IOException {
    Command.of("chown", NOBODY, directory.toString()).run();
    Path tree = Files.createDirectories(directory.resolve("tree/usr/bin"));
    Files.writeString(tree.resolve("hello"), "hello\n");
    Path tar = directory.resolve("tree.tar");
    Command.of("tar", "-C", directory.resolve("tree").toString(), "-cf", tar.toString(), ".").run();
    Path keys = directory.resolve("keys");
    Command.of(asNobody(tiu("key", "init", keys))).run();
    Path bundle = directory.resolve("os.tiu");
    Command.of(
            asNobody(
                tiu(
                    "create",
                    "--tar",
                    tar,
                    "--output",
                    bundle,
                    "--key",
                    keys.resolve("signer.key.pem"),
                    "--cert",
                    keys.resolve("signer.crt.pem"),
                    "--compatible",
                    "demo",
                    "--version",
                    "1",
                    "--architecture",
                    "x86_64")))
        .run();
    Path keyring = keys.resolve("ca.crt.pem");
    String content =
        Command.of(asNobody(tiu("cat", "--keyring", keyring, bundle, "usr/bin/hello")))
            .run()
            .text();
    assertThat(content).isEqualTo("hello");
    Path target = directory.resolve("out");
    try {
      Command.of(asNobody(tiu("extract", "--keyring", keyring, bundle, target))).run();
      throw new AssertionError("it extracted without root's rights");
    } catch (CommandException e) {
      assertThat(e.failure()).isEqualTo(new CommandException.Exited(ExitCode.DEVICE.number()));
      assertThat(e.errorTail()).contains("needs root");
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("tiu.jar", "lib", "tree", "tree.tar", "keys", "os.tiu");
    }
  }

  /** Loading it takes a good part of a second that an update from a stick needn't spend. */
  @Test
  void update_from_a_file_loads_nothing_that_talks_to_servers() throws IOException {
    SampleSystems samples = SampleSystems.make(directory, Tiu.now());
    Path log = directory.resolve("classes");
    List<String> argv =
        tiu("update", "--sysroot", directory, "--keyring", samples.keyring(), samples.v1());
    argv.add(1, "-Xlog:class+load:file=" + log);
    try {
      Command.of(argv).run();
      throw new AssertionError("it updated a directory");
    } catch (CommandException e) {
      assertThat(e.failure()).isEqualTo(new CommandException.Exited(ExitCode.DEVICE.number()));
    }
    List<String> classes = Files.readAllLines(log);
    assertThat(classes).anyMatch(line -> line.contains(" dev.tiu.bundle.Bundle "));
    assertThat(classes.stream().filter(line -> line.contains(".net.http."))).isEmpty();
    assertThat(classes.stream().filter(line -> line.contains("http.WebClient "))).isEmpty();
  }
}
