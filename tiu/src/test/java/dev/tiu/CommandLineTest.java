package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Command lines that can't be carried out: one line that says why, and the code. */
class CommandLineTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  @TempDir private Path directory;

  private final Tiu tiu = new Tiu(CLOCK, Map.of());

  private static void assertRefused(Tiu.Outcome outcome, ExitCode code, String... parts) {
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.err()).startsWith("tiu: ").contains(parts).endsWith("\n");
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.out()).isEmpty();
  }

  /** A complete command line for create; what is given replaces or adds. */
  private Tiu.Outcome create(Tiu with, String... more) throws IOException {
    Files.createDirectories(directory.resolve("tree"));
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "create",
                "--rootfs",
                directory.resolve("tree"),
                "--output",
                directory.resolve("os.tiu"),
                "--key",
                directory.resolve("no.key"),
                "--cert",
                directory.resolve("no.crt"),
                "--compatible",
                "demo"));
    arguments.addAll(List.of(more));
    return with.run(arguments.toArray());
  }

  @Test
  void output_in_the_tree_that_is_packed_is_refused() throws IOException {
    Path keys = directory.resolve("keys");
    tiu.run("key", "init", keys).orFail();
    Path tree = directory.resolve("tree");
    Files.createDirectories(tree.resolve("below"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), tree);
    for (Path output : List.of(tree.resolve("os.tiu"), link.resolve("below/os.tiu"))) {
      Tiu.Outcome outcome =
          tiu.run(
              "create",
              "--rootfs",
              tree,
              "--output",
              output,
              "--key",
              keys.resolve("signer.key.pem"),
              "--cert",
              keys.resolve("signer.crt.pem"),
              "--compatible",
              "demo",
              "--version",
              "1");
      assertRefused(outcome, ExitCode.USAGE, "lies in", tree.toString(), "outside");
      assertThat(output).doesNotExist();
    }
  }

  @Test
  void command_is_needed() {
    assertRefused(tiu.run(), ExitCode.USAGE, "Say which command");
    assertRefused(tiu.run("key"), ExitCode.USAGE, "init", "`tiu key --help`");
  }

  @Test
  void mistyped_command_gets_a_hint() {
    assertRefused(tiu.run("instal"), ExitCode.USAGE, "instal", "did you mean install");
  }

  @Test
  void missing_options_are_named() {
    assertRefused(
        tiu.run("create", "--rootfs", "x"), ExitCode.USAGE, "--output", "--key", "--version");
  }

  @Test
  void tree_and_archive_exclude_each_other() throws IOException {
    assertRefused(create(tiu, "--version", "1", "--tar", "x"), ExitCode.USAGE, "--rootfs", "--tar");
  }

  @ParameterizedTest
  @CsvSource({
    "--version, a b, not a version",
    "--min-version, /, not a version",
    "--compression, brotli, no compression \"brotli\"",
    "--compression, zstd:99, from 1 to 22",
    "--compression, zstd:x, isn't a compression level",
    "--block-size, 100K, power of two",
    "--block-size, 4096M, block size",
    "--block-size, many, block size",
    "--expires, soon, isn't a date",
  })
  void value_that_cannot_be_is_explained(String option, String value, String explanation)
      throws IOException {
    String[] version = option.equals("--version") ? new String[0] : new String[] {"--version", "1"};
    String[] more = new String[version.length + 2];
    System.arraycopy(version, 0, more, 0, version.length);
    more[version.length] = option;
    more[version.length + 1] = value;
    assertRefused(create(tiu, more), ExitCode.USAGE, option, explanation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "-1", "99999999999999999999", "99999999999", "1.5"})
  void source_date_epoch_must_be_a_time(String epoch) throws IOException {
    Tiu with = new Tiu(CLOCK, Map.of("SOURCE_DATE_EPOCH", epoch));
    Tiu.Outcome outcome = create(with, "--version", "1");
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void each_key_needs_its_certificate() throws IOException {
    assertRefused(
        create(tiu, "--version", "1", "--key", "other.key"), ExitCode.USAGE, "there are 2 and 1");
  }

  @Test
  void passphrase_must_be_in_the_file() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "\nsecond line\n");
    assertRefused(
        tiu.run("key", "init", directory.resolve("keys"), "--passphrase-file", empty),
        ExitCode.USAGE,
        empty.toString(),
        "passphrase");
    assertThat(directory.resolve("keys")).doesNotExist();
  }

  @Test
  void keys_are_never_overwritten() throws IOException {
    Path keys = directory.resolve("keys");
    tiu.run("key", "init", keys).orFail();
    byte[] key = Files.readAllBytes(keys.resolve("ca.key.pem"));
    assertRefused(tiu.run("key", "init", keys), ExitCode.UNTRUSTED, "ca.key.pem exists already");
    assertThat(keys.resolve("ca.key.pem")).hasBinaryContent(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "verify", "ls", "cat", "extract", "mount", "diff"})
  void missing_keyring_says_how_to_get_one(String command) throws IOException {
    Path bundle = Files.writeString(directory.resolve("os.tiu"), "x");
    List<Object> arguments =
        new ArrayList<>(List.of(command, "--keyring", directory.resolve("none"), bundle));
    if (!List.of("info", "verify", "ls").contains(command)) {
      arguments.add(directory.resolve("second"));
    }
    assertRefused(
        tiu.run(arguments.toArray()), ExitCode.UNTRUSTED, "no keyring", "--keyring", "tiu key");
    assertThat(directory.resolve("second")).doesNotExist();
  }

  @Test
  void missing_bundle_is_named() {
    tiu.run("key", "init", directory).orFail();
    assertRefused(
        tiu.run("info", "--keyring", directory.resolve("ca.crt.pem"), directory.resolve("no.tiu")),
        ExitCode.IO,
        "no.tiu: there is no such file");
  }

  @Test
  void file_that_is_no_bundle_is_damaged() throws IOException {
    tiu.run("key", "init", directory).orFail();
    Path file = Files.writeString(directory.resolve("os.tiu"), "not a bundle".repeat(100));
    assertRefused(
        tiu.run("info", "--keyring", directory.resolve("ca.crt.pem"), file),
        ExitCode.DAMAGED,
        "os.tiu");
  }

  @Test
  void umount_touches_nothing_that_is_not_mounted() {
    assertRefused(tiu.run("umount", directory), ExitCode.USAGE, "nothing is mounted at");
  }

  @Test
  void parser_knows_the_command_that_is_asked_for_and_else_all() {
    assertThat(Main.commandLine(context(), "gc", "list").getSubcommands()).containsOnlyKeys("gc");
    for (String other : List.of("help", "--help", "-V", "nonsense")) {
      assertThat(Main.commandLine(context(), other).getSubcommands())
          .as(other)
          .containsKeys("gc", "list", "help");
    }
  }

  @Test
  void every_command_and_option_is_described() {
    check(Main.commandLine(context()));
  }

  private static void check(CommandLine command) {
    var spec = command.getCommandSpec();
    assertThat(spec.usageMessage().description()).as(spec.qualifiedName()).isNotEmpty();
    spec.options().forEach(o -> assertThat(o.description()).as(o.longestName()).isNotEmpty());
    spec.positionalParameters()
        .forEach(p -> assertThat(p.description()).as(p.paramLabel()).isNotEmpty());
    command.getSubcommands().values().forEach(CommandLineTest::check);
  }

  private static Context context() {
    var nowhere = java.io.OutputStream.nullOutputStream();
    return new Context(
        new Console(nowhere, nowhere), java.io.InputStream.nullInputStream(), CLOCK, Map.of());
  }
}
