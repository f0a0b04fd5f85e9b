package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The environment by libubootenv's own tools, in files as U-Boot would have them. */
final class FwEnvironmentIT {
  private static final int SIZE = 0x4000;

  @TempDir Path directory;
  private Path config;
  private FwEnvironment environment;

  /** Both copies are as mkenvimage makes them: the first one counts. */
  @BeforeEach
  void makeEnvironment() throws IOException {
    Path text =
        Files.writeString(directory.resolve("text"), "bootcmd=run a; run b\nboard='x' \"y\" $z\n");
    for (String copy : new String[] {"one", "two"}) {
      tool("mkenvimage", "-r", "-s", "" + SIZE, "-o", path(copy), text.toString());
    }
    config = directory.resolve("fw_env.config");
    configure("# as U-Boot has it", line("one", "0x0"), "", line("two", "0x0"));
    environment = new FwEnvironment(config, Duration.ofSeconds(30));
  }

  private void configure(String... lines) throws IOException {
    Files.writeString(config, String.join("\n", lines) + "\n");
  }

  private String line(String name, String offset) {
    return "%s %s 0x4000".formatted(path(name), offset);
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private static String tool(String... command) throws IOException {
    return Command.of(command).run().text();
  }

  private String printed(String name) throws IOException {
    return tool("fw_printenv", "-c", config.toString(), name);
  }

  private void set(String name, String value) throws IOException {
    tool("fw_setenv", "-c", config.toString(), name, value);
  }

  private static SortedMap<String, String> changes(String... pairs) {
    SortedMap<String, String> changes = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      changes.put(pairs[i], pairs[i + 1]);
    }
    return changes;
  }

  private BootLoader loader(BootFixture fixture) {
    return new UBootBootcount(fixture.partition, environment, Optional.of(new BootCount("1")));
  }

  @Test
  void trial_is_written_counted_by_u_boot_and_ended() throws IOException {
    try (BootFixture fixture = new BootFixture(directory)) {
      BootLoader loader = loader(fixture);
      loader.publish(fixture.entry(1, "one"));
      loader.makeDefault(1);
      loader.publish(fixture.entry(2, "two"));
      loader.arm(2, 3);
      assertThat(printed("tiu_trial")).isEqualTo("tiu_trial=2");
      assertThat(printed("altbootcmd")).isEqualTo("altbootcmd=run bootcmd");
      assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 3));
      set("bootcount", "2");
      assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 1));
      loader.makeDefault(2);
      assertThat(loader.state().trial()).isEmpty();
      assertThat(printed("bootcount")).isEqualTo("bootcount=0");
      assertThat(printed("board")).isEqualTo("board='x' \"y\" $z");
      assertThat(printed("bootcmd")).isEqualTo("bootcmd=run a; run b");
    }
  }

  @Test
  void write_leaves_the_copy_that_counted_as_it_was() throws IOException {
    byte[] first = Files.readAllBytes(directory.resolve("one"));
    environment.write(changes("tiu_trial", "2", "bootcount", "0"));
    assertThat(Files.readAllBytes(directory.resolve("one"))).isEqualTo(first);
    assertThat(environment.read()).isEqualTo(Map.of("tiu_trial", "2", "bootcount", "0"));
  }

  @Test
  void write_that_is_cut_off_after_any_sector_leaves_what_was_before() throws IOException {
    environment.write(changes("tiu_trial", "2"));
    byte[] before = Files.readAllBytes(directory.resolve("one"));
    environment.write(changes("tiu_trial", "3"));
    byte[] after = Files.readAllBytes(directory.resolve("one"));
    for (int cut = 0; cut < SIZE; cut += 512) {
      byte[] torn = before.clone();
      System.arraycopy(after, 0, torn, 0, cut);
      Files.write(directory.resolve("one"), torn);
      assertThat(environment.read())
          .as("cut at %d", cut)
          .isEqualTo(Map.of("tiu_trial", Arrays.equals(torn, after) ? "3" : "2"));
    }
    byte[] half = after.clone();
    System.arraycopy(before, 5, half, 5, 20);
    half[6] ^= 1;
    Files.write(directory.resolve("one"), half);
    assertThat(environment.read()).isEqualTo(Map.of("tiu_trial", "2"));
  }

  @Test
  void program_that_is_killed_while_it_writes_leaves_what_was_before() throws IOException {
    environment.write(changes("tiu_trial", "2"));
    Command.of(
            "strace",
            "-qq",
            "-e",
            "inject=write:error=EIO:signal=SIGKILL",
            "fw_setenv",
            "-c",
            config.toString(),
            "-s",
            "-")
        .input("tiu_trial=3\n".getBytes(UTF_8))
        .accepting(137)
        .run();
    assertThat(environment.read()).isEqualTo(Map.of("tiu_trial", "2"));
    environment.write(changes("tiu_trial", "4"));
    assertThat(environment.read()).isEqualTo(Map.of("tiu_trial", "4"));
  }

  @Test
  void value_of_several_lines_is_not_taken_for_other_variables() throws IOException {
    set("other", "x\ntiu_trial=9");
    assertThat(environment.read()).isEmpty();
    set("altbootcmd", "x\ntiu_trial=9");
    assertThat(environment.read()).isEqualTo(Map.of("altbootcmd", "x\ntiu_trial=9"));
    set("bootcount", "1\nbootlimit=9");
    assertThatThrownBy(environment::read)
        .isInstanceOf(BootException.class)
        .hasMessageContaining("can't be made out");
  }

  @Test
  void environment_without_a_right_sum_has_no_trial_and_takes_none() throws IOException {
    for (String copy : new String[] {"one", "two"}) {
      byte[] wrong = Files.readAllBytes(directory.resolve(copy));
      wrong[100] ^= 1;
      Files.write(directory.resolve(copy), wrong);
    }
    assertThat(environment.read()).isEmpty();
    ThrowingCallable write = () -> environment.write(changes("tiu_trial", "2"));
    for (ThrowingCallable refused : List.<ThrowingCallable>of(environment::requireSafe, write)) {
      assertThatThrownBy(refused)
          .hasMessageContaining("no copy with a right sum")
          .hasMessageContaining("saveenv")
          .hasMessageContaining("/etc/u-boot-initial-env");
    }
  }

  @Test
  void variable_that_u_boot_lets_nobody_write_is_an_error() throws IOException {
    set(".flags", "bootcount:sr");
    set("bootcount", "5");
    set(".flags", "bootcount:sr");
    assertThatThrownBy(() -> environment.write(changes("bootcount", "0")))
        .hasMessageContaining("didn't keep what was written")
        .hasMessageContaining(".flags");
  }

  @Test
  void place_that_is_not_there_is_named_with_what_to_do() throws IOException {
    Files.delete(directory.resolve("two"));
    assertThatThrownBy(environment::read)
        .isInstanceOf(BootException.class)
        .hasMessageContaining("can't be read")
        .hasMessageContaining("fw_env.config")
        .hasMessageContaining("loader = \"u-boot\"");
    Files.delete(config);
    assertThatThrownBy(environment::requireSafe).hasMessageContaining("There is no " + config);
  }

  @Test
  void program_that_hangs_is_ended() throws IOException {
    Files.delete(config);
    tool("mkfifo", config.toString());
    FwEnvironment impatient = new FwEnvironment(config, Duration.ofMillis(300));
    assertThatThrownBy(impatient::read)
        .isInstanceOf(BootException.class)
        .hasMessageContaining("did not end within")
        .hasMessageContaining("/var/lock/fw_printenv.lock");
  }

  @Test
  void one_copy_is_not_enough_nor_is_the_same_one_twice() throws IOException {
    assertThatCode(environment::requireSafe).doesNotThrowAnyException();
    configure(line("one", "0x0"));
    assertThatThrownBy(environment::requireSafe)
        .hasMessageContaining("has one copy")
        .hasMessageContaining("CONFIG_SYS_REDUNDAND_ENVIRONMENT");
    configure(line("one", "0x0"), "# " + line("two", "0x0"));
    assertThatThrownBy(environment::requireSafe).hasMessageContaining("has one copy");
    configure(line("one", "0x0"), line("one", "0"));
    assertThatThrownBy(environment::requireSafe).hasMessageContaining("has one copy");
    byte[] copy = Files.readAllBytes(directory.resolve("two"));
    Files.write(directory.resolve("one"), copy, StandardOpenOption.APPEND);
    configure(line("one", "0x0"), line("one", "0x4000"));
    assertThatCode(environment::requireSafe).doesNotThrowAnyException();
  }
}
