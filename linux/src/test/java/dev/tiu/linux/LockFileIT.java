package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class LockFileIT {
  private static final BytePath LOCK = BytePath.of("lock");

  @TempDir Path temp;
  private Dir dir;

  @BeforeEach
  void open() throws Exception {
    dir = Dir.open(temp);
  }

  @AfterEach
  void close() {
    dir.close();
  }

  @Test
  void second_holder_is_told_who_the_first_is() throws Exception {
    try (LockFile first = LockFile.lock(dir, LOCK, "tiu update, process 1", Duration.ZERO)) {
      assertThat(LockFile.tryLock(dir, LOCK, "second")).isEmpty();
      LockedException e =
          catchThrowableOfType(
              LockedException.class, () -> LockFile.lock(dir, LOCK, "second", Duration.ZERO));
      assertThat(e.holder()).isEqualTo("tiu update, process 1");
      assertThat(e).hasMessage(temp + "/lock is locked by tiu update, process 1");
      assertThat(first).isNotNull();
    }
    try (LockFile second = LockFile.tryLock(dir, LOCK, "second").orElseThrow()) {
      assertThat(second).isNotNull();
      assertThat(temp.resolve("lock")).hasContent("second");
    }
  }

  @Test
  void waiting_gets_the_lock_when_it_is_given_back() throws Exception {
    LockFile first = LockFile.lock(dir, LOCK, "first", Duration.ZERO);
    Thread giving =
        new Thread(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(200);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              first.close();
            });
    giving.start();
    LockFile.lock(dir, LOCK, "second", Duration.ofSeconds(30)).close();
    giving.join();
  }

  @Test
  void waiting_in_vain_says_how_long() throws Exception {
    LockFile first = LockFile.lock(dir, LOCK, "evil\u001b[2J\nname", Duration.ZERO);
    assertThatThrownBy(() -> LockFile.lock(dir, LOCK, "second", Duration.ofSeconds(1)))
        .isInstanceOf(LockedException.class)
        .hasMessage(temp + "/lock is locked by evil [2J name; waited 1 s");
    Thread.currentThread().interrupt();
    assertFails(
        Errno.EINTR, () -> LockFile.lock(dir, LOCK, "second", Duration.ofSeconds(9)).close());
    assertThat(Thread.interrupted()).isTrue();
    first.close();
  }

  @Test
  void lock_that_is_a_link_is_refused() throws Exception {
    Files.writeString(temp.resolve("target"), "precious");
    Files.createSymbolicLink(temp.resolve("lock"), Path.of("target"));
    assertFails(Errno.ELOOP, () -> LockFile.tryLock(dir, LOCK, "x"));
    assertFails(Errno.ENOENT, () -> LockFile.tryLock(dir, BytePath.of("none/lock"), "x"));
    assertThat(temp.resolve("target")).hasContent("precious");
  }

  @Test
  void lock_of_a_killed_process_is_free() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                temp.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      BufferedReader output =
          new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8));
      assertThat(output.readLine()).isEqualTo("locked");
      assertThatThrownBy(() -> LockFile.lock(dir, LOCK, "here", Duration.ZERO))
          .isInstanceOf(LockedException.class)
          .hasMessageContaining("the other process, " + other.pid());
    } finally {
      other.destroyForcibly().waitFor();
    }
    Optional<LockFile> lock = LockFile.tryLock(dir, LOCK, "here");
    assertThat(lock).isPresent();
    lock.get().close();
  }

  /** A process that takes the lock and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      Dir dir = Dir.open(Path.of(args[0]));
      String name = "the other process, " + ProcessHandle.current().pid();
      LockFile lock = LockFile.lock(dir, LOCK, name, Duration.ZERO);
      System.out.println("locked");
      TimeUnit.MINUTES.sleep(5);
      lock.close();
    }
  }
}
