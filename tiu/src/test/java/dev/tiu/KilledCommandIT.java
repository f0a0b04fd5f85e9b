package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills commands with SIGKILL at their Nth call that changes something, for many N, and looks what
 * the device is like then, and after the same command again.
 *
 * <p>strace does the killing: it sends the signal as a thread enters its Nth call of a kind.
 */
class KilledCommandIT {
  /** What a command changes a device with; strace counts the calls of each apart. */
  private static final List<String> CALLS =
      List.of(
          "ioctl",
          "renameat2",
          "unlinkat",
          "mkdirat",
          "linkat",
          "symlinkat",
          "pwrite64",
          "fsetxattr",
          "utimensat",
          "fsync",
          "syncfs");

  private static final int KILLED = 137;

  /** What {@code ./check --e2e} asks for. */
  private static final boolean EVERYWHERE = Boolean.getBoolean("killed.everywhere");

  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    changeALittle(samples.tree("v2").resolve("usr/lib/same"));
    samples.pack("v2", "2");
    run(
        "delta",
        samples.v1(),
        samples.v2(),
        "--output",
        delta(),
        "--key",
        directory.resolve("keys/signer.key.pem"),
        "--cert",
        directory.resolve("keys/signer.crt.pem"));
  }

  /** So that a patch pays, in several segments. */
  private static void changeALittle(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[1_000_000] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
  }

  private static Path delta() {
    return directory.resolve("v2.from-v1.tiud");
  }

  /** One command, killed at many places. */
  interface Scenario {
    /** Brings a new disk to where the command starts. */
    void prepare(Path top) throws IOException;

    Object[] command(Path top);

    /** What holds right after the kill. */
    void checkKilled(Path top) throws IOException;

    /** What holds when the same command has been run again. */
    void checkFinished(Path top) throws IOException;
  }

  static void killEverywhere(Scenario scenario) throws IOException {
    killEverywhere(scenario, n -> n * 3);
  }

  /** The same for a command that makes few calls: the one after the Nth is chosen. */
  static void killEverywhere(Scenario scenario, IntUnaryOperator next) throws IOException {
    Map<String, IntUnaryOperator> calls = new LinkedHashMap<>();
    CALLS.forEach(call -> calls.put(call, next));
    killEverywhere(scenario, calls);
  }

  /** The same at some kinds of calls, each with the one after the Nth. */
  static void killEverywhere(Scenario scenario, Map<String, IntUnaryOperator> calls)
      throws IOException {
    int kills = 0;
    Path prepared = Files.createTempFile("tiu-prepared", "");
    try {
      try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
        scenario.prepare(disk.mountPoint());
        disk.save(prepared);
      }
      for (Map.Entry<String, IntUnaryOperator> call : calls.entrySet()) {
        int n = 1;
        while (killAt(scenario, prepared, call.getKey(), n)) {
          n = next(n, call.getValue());
          kills++;
        }
      }
    } finally {
      Files.delete(prepared);
    }
    assertThat(kills).as("places where the command was killed").isGreaterThan(2);
  }

  /** The place after the Nth: of those that a test names every other one, or all if asked. */
  static int next(int n, IntUnaryOperator step) {
    int next = step.applyAsInt(n);
    return EVERYWHERE ? next : step.applyAsInt(next);
  }

  /** Whether the command was killed; false if it makes fewer such calls, and so ended well. */
  private static boolean killAt(Scenario scenario, Path prepared, String call, int n)
      throws IOException {
    String where = "killed at %s number %d".formatted(call, n);
    try (BtrfsDisk disk = BtrfsDisk.copyOf(prepared)) {
      Path top = disk.mountPoint();
      boolean killed = runKilledAt(call, n, scenario.command(top));
      if (killed) {
        scenario.checkKilled(top);
        Tiu.Outcome again = TIU.run(scenario.command(top));
        assertThat(again.code())
            .as("%s: %s", where, again.out() + again.err())
            .isEqualTo(ExitCode.OK);
      }
      scenario.checkFinished(top);
      assertThat(leftovers(top)).as(where).isEmpty();
      return killed;
    } catch (AssertionError e) {
      throw new AssertionError(where, e);
    }
  }

  private static boolean runKilledAt(String call, int n, Object[] arguments) throws IOException {
    List<String> argv = new ArrayList<>(Strace.killing(call, n));
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path")));
    argv.add(Main.class.getName());
    for (Object argument : arguments) {
      argv.add(argument.toString());
    }
    return Command.of(argv).accepting(0, KILLED).run().exitCode() == KILLED;
  }

  private static List<String> leftovers(Path top) throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> parents = new ArrayList<>(List.of(top, top.resolve("@/.snapshots")));
    try (var snapshots = Files.list(top.resolve("@/.snapshots"))) {
      snapshots.forEach(parents::add);
    }
    for (Path parent : parents) {
      try (var names = Files.list(parent)) {
        names
            .map(path -> path.getFileName().toString())
            .filter(name -> name.contains("tiu-"))
            .forEach(found::add);
      }
    }
    for (JsonNode snapshot : list(top)) {
      if (snapshot.path("state").asText().equals("building")) {
        found.add("snapshot " + snapshot.path("number"));
      }
    }
    return found;
  }

  static JsonNode list(Path top) throws IOException {
    return TIU.run("list", "--json", "--sysroot", top).orFail().json();
  }

  static JsonNode isDefault(Path top) throws IOException {
    for (JsonNode snapshot : list(top)) {
      if (snapshot.path("isDefault").asBoolean()) {
        return snapshot;
      }
    }
    throw new AssertionError("no default in " + list(top));
  }

  private static void assertHolds(Path top, int number, String tree) throws IOException {
    Path place = top.resolve("@/.snapshots/" + number);
    assertThat(TreeComparison.differences(samples.tree(tree), place.resolve("snapshot"), "/etc"))
        .isEmpty();
    assertThat(TreeComparison.differences(samples.tree(tree).resolve("etc"), place.resolve("etc")))
        .isEmpty();
  }

  private static void run(Object... arguments) {
    TIU.run(arguments).orFail();
  }

  private static Object[] update(Path top) {
    return new Object[] {
      "update", "--threads", "1", "--sysroot", top, "--keyring", samples.keyring(), samples.v2()
    };
  }

  private static Object[] install(Path top) {
    return new Object[] {
      "install", "--threads", "1", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()
    };
  }

  @Test
  void update_killed_anywhere_leaves_the_old_system_and_goes_on_the_next_time() throws IOException {
    killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) throws IOException {
            run(install(top));
            Files.writeString(top.resolve("@/.snapshots/1/snapshot/etc/motd"), "the admin's own\n");
          }

          @Override
          public Object[] command(Path top) {
            return update(top);
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            assertHolds(top, 1, "v1");
            JsonNode now = isDefault(top);
            if (now.path("number").asInt() != 1) {
              assertThat(now.path("number").asInt()).isEqualTo(2);
              assertThat(now.path("state").asText()).isIn("staged", "good");
              assertHolds(top, 2, "v2");
            }
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertHolds(top, 1, "v1");
            int number = isDefault(top).path("number").asInt();
            assertThat(isDefault(top).path("state").asText()).isEqualTo("good");
            assertHolds(top, number, "v2");
            Path etc = top.resolve("@/.snapshots/" + number + "/snapshot/etc");
            assertThat(etc.resolve("motd")).hasContent("the admin's own");
            assertThat(etc.resolve("motd.tiu-new")).hasContent("two");
            assertThat(etc.resolve("hosts")).hasContent("two");
            assertThat(top.resolve("@/var/lib/app/more")).hasContent("more");
            assertThat(list(top)).hasSize(2);
          }
        });
  }

  @Test
  void update_by_a_delta_killed_while_it_writes_is_described_and_goes_on() throws IOException {
    Scenario scenario =
        new Scenario() {
          @Override
          public void prepare(Path top) {
            run(install(top));
          }

          @Override
          public Object[] command(Path top) {
            Object[] withDelta = Arrays.copyOf(update(top), 10);
            withDelta[8] = "--delta";
            withDelta[9] = delta();
            return withDelta;
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            assertHolds(top, 1, "v1");
            Path half = top.resolve("@/.snapshots/2");
            if (Files.exists(half.resolve("snapshot"))) {
              assertThat(half.resolve("tiu/skeleton.tiu")).exists();
            }
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertHolds(top, 2, "v2");
            assertThat(isDefault(top).path("number").asInt()).isEqualTo(2);
            assertThat(top.resolve("@/.snapshots/2/info.xml"))
                .content()
                .contains("tiu-seal-root", "tiu-seal-etc");
          }
        };
    // Of a skeleton, patches and files.
    killEverywhere(scenario, Map.of("pwrite64", n -> n + 3));
  }

  @Test
  void install_killed_anywhere_is_finished_by_the_next_one() throws IOException {
    killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) {}

          @Override
          public Object[] command(Path top) {
            return install(top);
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            if (Files.exists(top.resolve("@"))) {
              assertHolds(top, 1, "v1");
            }
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertHolds(top, 1, "v1");
            assertThat(isDefault(top).path("number").asInt()).isEqualTo(1);
            assertThat(isDefault(top).path("state").asText()).isEqualTo("good");
            assertThat(top.resolve("@/var/lib/app/data")).hasContent("data");
          }
        });
  }

  @Test
  void rollback_killed_anywhere_leaves_the_one_default_or_the_other() throws IOException {
    killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) {
            run(install(top));
            Object[] staged = Arrays.copyOf(update(top), 9);
            staged[8] = "--stage";
            run(staged);
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"rollback", "2", "--sysroot", top};
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            assertHolds(top, 1, "v1");
            assertHolds(top, 2, "v2");
            assertThat(isDefault(top).path("number").asInt()).isIn(1, 2);
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(isDefault(top).path("number").asInt()).isEqualTo(2);
            assertThat(isDefault(top).path("state").asText()).isEqualTo("good");
            assertThat(top.resolve("@/var/lib/app/more")).hasContent("more");
          }
        });
  }

  @Test
  void gc_killed_anywhere_is_finished_by_the_next_one() throws IOException {
    killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) {
            run(install(top));
            run(update(top));
            Object[] again = Arrays.copyOf(update(top), 9);
            again[8] = "--force";
            run(again);
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"gc", "--keep", "1", "--sysroot", top};
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            assertHolds(top, 2, "v2");
            assertHolds(top, 3, "v2");
            assertThat(isDefault(top).path("number").asInt()).isEqualTo(3);
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(list(top)).hasSize(2);
            checkKilled(top);
          }
        });
  }
}
