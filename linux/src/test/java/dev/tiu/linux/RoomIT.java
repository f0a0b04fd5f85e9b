package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.RoomOutcome.CannotRun;
import dev.tiu.linux.RoomOutcome.Ended;
import dev.tiu.linux.RoomOutcome.NotThere;
import dev.tiu.linux.RoomOutcome.TimedOut;
import dev.tiu.linux.testing.SmallRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RoomIT {
  private static final BytePath ETC = BytePath.of("etc");

  private static SmallRoot root;

  @BeforeAll
  static void makeRoot() throws IOException {
    root = SmallRoot.create("ls", "cat", "id", "stat", "sleep", "touch", "mount", "hostname");
    root.write("etc/hello", "from the root\n");
    Files.createDirectories(root.path("usr/local"));
    root.seal();
  }

  @AfterAll
  static void closeRoot() throws IOException {
    root.close();
  }

  @AfterEach
  void nothing_is_mounted_here() throws IOException {
    assertThat(mountPoints()).containsExactly(root.disk().mountPoint().toString());
  }

  /** Of the disk, and below it: all else in a room lies on the one or the other. */
  private static Set<String> mountPoints() throws IOException {
    String device = root.disk().device().toString();
    String disk = root.disk().mountPoint().toString();
    return Mounts.mounted().stream()
        .filter(m -> m.source().equals(device) || m.mountPoint().startsWith(disk))
        .map(MountEntry::mountPoint)
        .collect(Collectors.toSet());
  }

  private static Ended sh(Room room, String script) throws IOException {
    return (Ended) room.run(List.of("sh", "-c", script));
  }

  private static Ended sh(String script) throws IOException {
    return sh(Room.of(root.dir()), script);
  }

  @Test
  void program_sees_the_root_and_no_other_tree() throws Exception {
    assertThat(sh("cat /etc/hello; ls /")).isEqualTo(new Ended(0, "from the root\n" + NAMES));
  }

  private static final String NAMES =
      "bin\ndev\netc\nlib\nlib64\nproc\nrun\nsbin\nsys\ntmp\nusr\nvar\n";

  @Test
  void program_has_processes_and_devices_of_its_own() throws Exception {
    assertThat(sh("ls /dev; ls /dev/pts; cat /dev/null; cat /etc/hello > /dev/full").output())
        .startsWith("fd\nfull\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\n")
        .contains("zero\nptmx\n")
        .endsWith("No space left on device\n");
    assertThat(sh("echo /proc/[0-9]*").output()).matches("/proc/1 /proc/[0-9]+\n");
    assertThat(sh("ls /sys /sys/class/net").exitCode()).isZero();
  }

  @Test
  void environment_has_path_and_language_alone() throws Exception {
    assertThat(sh("export -p").output().lines().map(line -> line.replaceAll("=.*", "")))
        .containsExactlyInAnyOrder("export LANG", "export PATH", "export PWD");
    assertThat(sh("echo $PATH $LANG; id -u; read line || echo no input").output())
        .isEqualTo(RoomProgram.SEARCH_PATH + " C.UTF-8\n0\nno input\n");
  }

  @Test
  void arguments_arrive_unchanged() throws Exception {
    List<String> argv = List.of("sh", "-c", "printf '%s|' \"$@\"", "sh", "a b", "$HOME;'\"", "");
    assertThat(Room.of(root.dir()).run(argv)).isEqualTo(new Ended(0, "a b|$HOME;'\"||"));
  }

  @Test
  void only_memory_can_be_written_unless_more_is_asked_for() throws Exception {
    String script =
        "for d in /etc /usr /run /tmp /var/tmp /dev/shm /sys /var; do"
            + " touch $d/new 2>/dev/null && echo $d; done; exit 0";
    assertThat(sh(script).output()).isEqualTo("/run\n/tmp\n/var/tmp\n/dev/shm\n");
    assertThat(sh(Room.of(root.dir()).writable(ETC), script).output())
        .isEqualTo("/etc\n/run\n/tmp\n/var/tmp\n/dev/shm\n");
    assertThat(root.path("etc/new")).exists();
    Files.delete(root.path("etc/new"));
    assertThat(root.path("tmp")).isEmptyDirectory();
  }

  @Test
  void root_that_is_not_sealed_yet_is_read_only_too() throws Exception {
    Btrfs.setAccess(root.dir(), Access.WRITABLE);
    try {
      assertThat(sh("touch /usr/new").output()).contains("Read-only file system");
      Room room = Room.of(root.dir()).writable(BytePath.of("var/tmp"));
      assertThat(sh(room, "touch /var/tmp/new; touch /usr/new").exitCode()).isEqualTo(1);
      Files.delete(root.path("var/tmp/new"));
    } finally {
      root.seal();
    }
  }

  @Test
  void root_on_a_mount_that_nobody_sees_has_a_room() throws Exception {
    Path device = root.disk().device();
    try (Dir top = Mounts.detached("btrfs", device, Map.of("subvolid", "5"), Access.WRITABLE);
        Dir unseen = top.openDir(BytePath.of("root"))) {
      assertThat(sh(Room.of(unseen).writable(ETC), "echo x > /etc/unseen").exitCode()).isZero();
    }
    assertThat(root.path("etc/unseen")).hasContent("x");
    Files.delete(root.path("etc/unseen"));
  }

  @Test
  void root_whose_file_system_is_mounted_at_the_point_already_has_a_room() throws Exception {
    FutureTask<Ended> task =
        new FutureTask<>(
            () -> {
              Mounts.enterPrivateNamespace();
              Mounts.mount(root.disk().device(), Path.of("/mnt"), "btrfs", 0, "subvolid=5");
              return sh("cat /etc/hello");
            });
    Thread thread = new Thread(task);
    thread.start();
    assertThat(task.get()).isEqualTo(new Ended(0, "from the root\n"));
    thread.join();
  }

  @Test
  void another_subvolume_is_shown_read_only() throws Exception {
    BytePath name = BytePath.of("usr-local");
    Btrfs.createSubvolume(root.top(), name);
    try (Dir local = root.top().openDir(name)) {
      Files.writeString(root.disk().mountPoint().resolve("usr-local/mine"), "shared");
      Room room =
          Room.of(root.dir())
              .showing(local, BytePath.of("usr/local"))
              .showing(local, BytePath.of("not/there"));
      Ended ended = sh(room, "cat /usr/local/mine; touch /usr/local/new");
      assertThat(ended.output()).startsWith("shared").contains("Read-only file system");
    } finally {
      Btrfs.deleteSubvolume(root.top(), name);
    }
  }

  @Test
  void lent_subvolume_is_writable_in_place_of_memory() throws Exception {
    BytePath name = BytePath.of("scratch");
    Btrfs.createSubvolume(root.top(), name);
    try (Dir scratch = root.top().openDir(name)) {
      Room room = Room.of(root.dir()).lending(scratch, BytePath.of("var/tmp"));
      assertThat(sh(room, "echo made > /var/tmp/result; touch /usr/new").output())
          .contains("Read-only file system");
      assertThat(scratch.readAll(BytePath.of("result"), 100)).asString().isEqualTo("made\n");
    } finally {
      Btrfs.deleteSubvolume(root.top(), name);
    }
  }

  @Test
  void variables_are_added_to_the_environment() throws Exception {
    Room room = Room.of(root.dir()).environment("SOURCE_DATE_EPOCH", "7").environment("B", "x y=z");
    assertThat(sh(room, "echo $SOURCE_DATE_EPOCH $B $LANG").output())
        .isEqualTo("7 x y=z C.UTF-8\n");
    assertThatThrownBy(() -> room.environment("A=B", "")).hasMessage("no name of a variable: A=B");
  }

  @Test
  void program_has_no_network_and_leaves_the_machine_alone() throws Exception {
    String name = Command.of("hostname").run().text();
    assertThat(sh("hostname elsewhere; hostname").output()).isEqualTo("elsewhere\n");
    assertThat(Command.of("hostname").run().text()).isEqualTo(name);
    assertThat(sh("cat /proc/net/dev").output().lines().skip(2)).hasSize(1);
    assertThat(sh("mount -t tmpfs none /tmp && cat /proc/mounts").exitCode()).isZero();
    String dropped =
        sh("while read k v; do [ $k = CapBnd: ] && echo $v; done </proc/self/status").output();
    long kept = Long.parseUnsignedLong(dropped.strip(), 16);
    assertThat(kept & (1L << 16 | 1L << 17 | 1L << 22 | 1L << 25)).isZero();
  }

  @Test
  void exit_code_and_signal_are_told() throws Exception {
    assertThat(sh("echo out; echo err >&2; exit 3")).isEqualTo(new Ended(3, "out\nerr\n"));
    assertThat(sh("kill -9 $$").exitCode()).isEqualTo(137);
    assertThat(sh("exit 127")).isEqualTo(new Ended(127, ""));
    assertThat(sh("exit 1")).isEqualTo(new Ended(1, ""));
  }

  @Test
  void only_the_end_of_long_output_is_kept() throws Exception {
    Room room = Room.of(root.dir()).outputLimit(1000);
    Ended ended = sh(room, "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done");
    assertThat(ended.output()).hasSizeLessThanOrEqualTo(1000).endsWith("line 19999\n");
  }

  @Test
  void what_the_program_left_running_ends_with_it() throws Exception {
    String nap = "sleep 4" + System.nanoTime() % 100000;
    assertThat(sh("setsid " + nap + " & " + nap + " & exit 0").exitCode()).isZero();
    assertThat(running(nap)).isFalse();
  }

  @Test
  void hanging_program_is_ended_with_all_it_started() throws Exception {
    Room room = Room.of(root.dir()).timeLimit(Duration.ofMillis(700));
    String nap = "sleep 3" + System.nanoTime() % 100000;
    RoomOutcome outcome =
        room.run(List.of("sh", "-c", "trap '' TERM; echo begun; " + nap + " & " + nap + "; wait"));
    assertThat(outcome).isEqualTo(new TimedOut(Duration.ofMillis(700), "begun\n"));
    assertThat(running(nap)).isFalse();
  }

  @Test
  void interrupted_wait_ends_the_program() throws Exception {
    String nap = "sleep 2" + System.nanoTime() % 100000;
    Thread waiting = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 500 && !running(nap); i++) {
                  TimeUnit.MILLISECONDS.sleep(10);
                }
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
              waiting.interrupt();
            });
    interrupter.start();
    assertThatThrownBy(() -> Room.of(root.dir()).run(List.of(nap.split(" "))))
        .isInstanceOf(CommandException.class);
    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
    assertThat(running(nap)).isFalse();
  }

  @Test
  void program_ends_when_java_is_killed() throws Exception {
    String nap = "sleep 5" + System.nanoTime() % 100000;
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Napping.class.getName(),
                root.path("").toString(),
                nap.substring(6))
            .inheritIO()
            .start();
    try {
      for (int i = 0; i < 1000 && !running(nap); i++) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertThat(running(nap)).isTrue();
    } finally {
      java.destroyForcibly();
    }
    assertThat(java.waitFor()).isEqualTo(137);
    for (int i = 0; i < 100 && running(nap); i++) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(running(nap)).isFalse();
  }

  /** A process with a program in a room, and another that this one has left behind in it. */
  static final class Napping {
    private Napping() {}

    public static void main(String[] args) throws Exception {
      try (Dir root = Dir.open(Path.of(args[0]))) {
        String script = "setsid sleep $0 & sleep $0";
        RoomOutcome unused = Room.of(root).run(List.of("sh", "-c", script, args[1]));
      }
    }
  }

  private static boolean running(String commandLine) throws IOException {
    return ProcessHandle.allProcesses()
        .anyMatch(
            p -> p.info().commandLine().filter(line -> line.endsWith(commandLine)).isPresent());
  }

  @Test
  void missing_program_is_no_failure() throws Exception {
    Room room = Room.of(root.dir());
    assertThat(room.run(List.of("nosuch", "x"))).isEqualTo(new NotThere());
    assertThat(room.run(List.of("/etc/hello"))).isEqualTo(new NotThere());
    assertThat(room.has("ls")).isTrue();
    assertThat(room.has("/bin/ls")).isTrue();
    assertThat(room.has("nosuch")).isFalse();
    // It is on this machine, and not in the root.
    assertThat(room.has("btrfs")).isFalse();
  }

  @Test
  void program_that_cannot_start_here_says_why() throws Exception {
    Path foreign = root.write("etc/foreign", "\u007fELF, but of no machine that there is");
    Path script = root.write("etc/script", "#!/nosuch\n");
    foreign.toFile().setExecutable(true);
    script.toFile().setExecutable(true);
    Room room = Room.of(root.dir());
    assertThat(room.run(List.of("/etc/foreign")))
        .isEqualTo(new CannotRun("/etc/foreign: built for another machine"));
    assertThat(room.run(List.of("/etc/script")))
        .isEqualTo(new CannotRun("/etc/script: No such file or directory"));
    Files.delete(foreign);
    Files.delete(script);
  }

  @Test
  void hostile_links_lead_nowhere() throws Exception {
    Path outside = Files.createTempDirectory("tiu-outside");
    try (SmallRoot hostile = SmallRoot.create("ls", "touch")) {
      for (String name : List.of("dev", "proc", "run", "sys", "tmp", "var/tmp")) {
        Files.delete(hostile.path(name));
        Files.createSymbolicLink(hostile.path(name), outside);
      }
      Files.createSymbolicLink(hostile.path("usr/bin/outside"), Path.of("/usr/bin/id"));
      Files.createSymbolicLink(hostile.path("usr/bin/up"), Path.of("../../../../../bin/ls"));
      Room room = Room.of(hostile.dir());
      assertThat(sh(room, "ls /tmp /dev; touch /tmp/x; ls /usr").output()).contains("bin\n");
      assertThat(outside).isEmptyDirectory();
      assertThat(room.has("outside")).isFalse();
      assertThat(room.has("up")).isTrue();
      LinuxException e =
          assertFails(Errno.ELOOP, () -> room.writable(BytePath.of("tmp")).run(List.of("ls")));
      assertThat(e.path()).endsWith("tmp");
    } finally {
      Files.delete(outside);
    }
  }

  @Test
  void subvolume_is_free_as_soon_as_the_program_has_ended() throws Exception {
    BytePath copy = BytePath.of("copy");
    for (int i = 0; i < 5; i++) {
      Btrfs.snapshot(root.dir(), root.top(), copy, Access.WRITABLE);
      try (Dir dir = root.top().openDir(copy)) {
        sh(Room.of(dir), "exit 0");
      }
      Btrfs.deleteSubvolume(root.top(), copy);
    }
  }

  @Test
  void directory_that_is_no_subvolume_is_refused() throws Exception {
    try (Dir usr = root.dir().openDir(BytePath.of("usr"))) {
      LinuxException e = assertFails(Errno.EINVAL, () -> Room.of(usr).run(List.of("/bin/ls")));
      assertThat(e).hasMessageContaining("not a btrfs subvolume");
    }
  }
}
