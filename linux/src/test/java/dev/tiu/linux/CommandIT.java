package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiu.linux.CommandException.Exited;
import dev.tiu.linux.CommandException.InputFailed;
import dev.tiu.linux.CommandException.Interrupted;
import dev.tiu.linux.CommandException.NotInstalled;
import dev.tiu.linux.CommandException.OutputFailed;
import dev.tiu.linux.CommandException.TimedOut;
import dev.tiu.linux.CommandException.TooMuchOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CommandIT {
  @TempDir Path temp;

  @Test
  void output_is_collected_and_arguments_arrive_unchanged() throws Exception {
    Command.Result result = Command.of("printf", "%s|", "a b", "$HOME;'\"", "").run();
    assertThat(result.text()).isEqualTo("a b|$HOME;'\"||");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void without_input_there_is_nothing_to_read() throws Exception {
    assertThat(Command.of("cat").run().output()).isEmpty();
  }

  @Test
  void input_of_many_megabytes_goes_through_and_back() throws Exception {
    byte[] chunk = new byte[1 << 20];
    Arrays.fill(chunk, (byte) 'x');
    Command.Result result =
        Command.of("wc", "-c")
            .input(
                stream -> {
                  for (int i = 0; i < 24; i++) {
                    stream.write(chunk);
                  }
                })
            .run();
    assertThat(result.text()).isEqualTo(Integer.toString(24 << 20));
  }

  @Test
  void lines_are_handed_on_as_they_come() throws Exception {
    List<String> lines = new ArrayList<>();
    Command.Result result = Command.of("seq", "3").outputLines(lines::add).run();
    assertThat(lines).containsExactly("1", "2", "3");
    assertThat(result.output()).isEmpty();
  }

  @Test
  void output_left_unread_doesnt_stop_the_program() throws Exception {
    Command.Result result =
        Command.of("seq", "200000").output(stream -> assertThat(stream.read()).isPositive()).run();
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void environment_and_directory_are_set() throws Exception {
    Command.Result result =
        Command.of("sh", "-c", "echo $TIU_TEST $LC_ALL; pwd")
            .environment(Map.of("TIU_TEST", "here"))
            .directory(temp)
            .run();
    assertThat(result.text()).isEqualTo("here C.UTF-8\n" + temp.toRealPath());
  }

  @Test
  void failing_exit_code_is_told_with_the_last_words() {
    CommandException e =
        failureOf(Command.of("sh", "-c", "echo first >&2; echo disk is full >&2; exit 3"));
    assertThat(e.failure()).isEqualTo(new Exited(3));
    assertThat(e.errorTail()).isEqualTo("first\ndisk is full\n");
    assertThat(e)
        .hasMessageContaining("sh failed with exit code 3")
        .hasMessageContaining("disk is full");
  }

  @Test
  void long_error_output_keeps_only_its_tail() {
    CommandException e = failureOf(Command.of("sh", "-c", "seq 100000 >&2; exit 1"));
    assertThat(e.errorTail()).hasSizeLessThanOrEqualTo(8192).endsWith("\n99999\n100000\n");
    assertThat(e.errorTail().lines().findFirst().orElseThrow()).hasSize(5);
  }

  @Test
  void accepted_exit_code_is_a_result() throws Exception {
    assertThat(Command.of("sh", "-c", "exit 1").accepting(1).run().exitCode()).isEqualTo(1);
  }

  @Test
  void signal_is_told_by_number() {
    CommandException e = failureOf(Command.of("sh", "-c", "kill -9 $$"));
    assertThat(e.failure()).isEqualTo(new Exited(137));
    assertThat(e).hasMessageContaining("ended by signal 9");
  }

  @Test
  void missing_program_names_its_debian_package() throws Exception {
    Path empty = Files.createDirectory(temp.resolve("bin"));
    CommandException unknown = failureOf(Command.of("no-such-program-here"));
    assertThat(unknown.failure()).isEqualTo(new NotInstalled(Optional.empty()));
    assertThat(unknown).hasMessage("no-such-program-here is not installed");
    CommandException known =
        failureOf(
            Command.of("mksquashfs", "-version").environment(Map.of("PATH", empty.toString())));
    assertThat(known).hasMessage("mksquashfs is not installed (Debian package squashfs-tools)");
  }

  @Test
  void timed_out_program_ends_with_all_it_started() throws Exception {
    Path pids = temp.resolve("pids");
    CommandException e =
        failureOf(
            Command.of(
                    "sh", "-c", "sleep 1000 & echo $! > $1; echo $$ >> $1; wait", "sh", pids + "")
                .timeLimit(Duration.ofMillis(500)));
    assertThat(e.failure()).isEqualTo(new TimedOut(Duration.ofMillis(500)));
    assertThat(e).hasMessageContaining("did not end within 0.5 s");
    assertEnded(pids);
  }

  @Test
  void program_that_ignores_sigterm_is_killed() throws Exception {
    Path pids = temp.resolve("pids");
    failureOf(
        Command.of(
                "sh",
                "-c",
                "trap '' TERM; echo $$ > $1; while :; do sleep 1; done",
                "sh",
                pids + "")
            .timeLimit(Duration.ofMillis(500)));
    assertEnded(pids);
  }

  @Test
  void interrupted_wait_ends_the_program() throws Exception {
    Path pids = temp.resolve("pids");
    Thread waiting = Thread.currentThread();
    CommandException e =
        failureOf(
            Command.of("sh", "-c", "echo $$ > $1; echo started; exec sleep 1000", "sh", pids + "")
                .outputLines(line -> waiting.interrupt()));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(e.failure()).isEqualTo(new Interrupted());
    assertEnded(pids);
  }

  @Test
  void program_ends_when_java_is_stopped_or_killed() throws Exception {
    for (String signal : List.of("TERM", "KILL")) {
      Path pids = temp.resolve("pids" + signal);
      Process java =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Sleeper.class.getName(),
                  pids.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertThat(java.getInputStream().read()).isEqualTo('s');
      Command.of("kill", "-s", signal, Long.toString(java.pid())).run();
      assertThat(java.waitFor()).isPositive();
      // The kernel's SIGKILL has been sent by now; the program's end may take a moment more.
      for (int i = 0; i < 100 && isAlive(pids); i++) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertEnded(pids);
    }
  }

  /** A process that waits for a program, and tells when that runs. */
  static final class Sleeper {
    private Sleeper() {}

    public static void main(String[] args) throws Exception {
      Command.of("sh", "-c", "echo $$ > $1; echo started; exec sleep 1000", "sh", args[0])
          .outputLines(System.out::println)
          .run();
    }
  }

  @Test
  void failing_input_ends_the_program_and_is_told() {
    CommandException e =
        failureOf(
            Command.of("sleep", "1000")
                .input(
                    stream -> {
                      throw new IOException("tar entry 7 is truncated");
                    }));
    assertThat(e.failure()).isEqualTo(new InputFailed());
    assertThat(e).hasMessageContaining("tar entry 7 is truncated");
  }

  @RepeatedTest(5)
  void failing_input_is_told_also_where_the_program_complains_of_its_end() {
    CommandException e =
        failureOf(
            Command.of("sh", "-c", "cat >&2; echo unexpected end >&2; exit 1")
                .input(
                    stream -> {
                      stream.write('x');
                      throw new IOException("tar entry 7 is truncated");
                    }));
    assertThat(e.failure()).isEqualTo(new InputFailed());
    assertThat(e).hasMessageContaining("tar entry 7 is truncated");
  }

  @Test
  void failing_output_reader_ends_the_program_and_is_told() {
    CommandException e =
        failureOf(
            Command.of("yes")
                .outputLines(
                    line -> {
                      throw new IOException("unexpected line: " + line);
                    }));
    assertThat(e.failure()).isEqualTo(new OutputFailed());
    assertThat(e).hasMessageContaining("unexpected line: y");
  }

  @Test
  void unchecked_exception_of_a_callback_goes_on_as_it_is() {
    assertThatThrownBy(
            () ->
                Command.of("yes")
                    .outputLines(
                        line -> {
                          throw new IllegalStateException("callback");
                        })
                    .run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("callback");
  }

  @Test
  void program_that_stops_reading_decides_by_its_exit_code() throws Exception {
    Command.InputWriter endless =
        stream -> {
          while (true) {
            stream.write(new byte[65536]);
          }
        };
    assertThat(Command.of("head", "-c", "3").input(endless).run().output()).hasSize(3);
    assertThat(failureOf(Command.of("false").input(endless)).failure()).isEqualTo(new Exited(1));
  }

  @Test
  void too_much_output_ends_the_program() {
    CommandException e = failureOf(Command.of("yes").outputLimit(1000));
    assertThat(e.failure()).isEqualTo(new TooMuchOutput(1000));
  }

  private static CommandException failureOf(Command command) {
    return catchThrowableOfType(CommandException.class, command::run);
  }

  private static void assertEnded(Path pids) throws IOException {
    assertThat(Files.readString(pids, UTF_8)).isNotBlank();
    assertThat(isAlive(pids)).isFalse();
  }

  private static boolean isAlive(Path pids) throws IOException {
    for (String pid : Files.readAllLines(pids, UTF_8)) {
      if (ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
