package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates on a disk where something was changed behind their back, and what they look at there. */
class ResumedUpdateIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  private BtrfsDisk disk;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
  }

  @BeforeEach
  void install() throws IOException {
    disk = BtrfsDisk.create(512 << 20);
    TIU.run("install", "--sysroot", top(), "--keyring", samples.keyring(), samples.v1()).orFail();
  }

  @AfterEach
  void removeDisk() throws IOException {
    disk.close();
  }

  private Path top() {
    return disk.mountPoint();
  }

  private Path snapshot(int number) {
    return top().resolve("@/.snapshots/" + number);
  }

  private Path root(int number) {
    return snapshot(number).resolve("snapshot");
  }

  private Object[] update(Path bundle, String... more) {
    Object[] arguments = {"update", "--sysroot", top(), "--keyring", samples.keyring(), bundle};
    Object[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }

  private static void setReadOnly(Path subvolume, boolean readOnly) throws IOException {
    String value = Boolean.toString(readOnly);
    Command.of("btrfs", "property", "set", "-ts", subvolume.toString(), "ro", value).run();
  }

  /** As if the run that staged it had been killed before its end. */
  private void makeHalfBuilt(int number) throws IOException {
    Path info = snapshot(number).resolve("info.xml");
    Files.writeString(info, Files.readString(info).replace("staged", "building"));
    setReadOnly(root(number), false);
  }

  private void assertHolds(int number, String tree) throws IOException {
    assertThat(TreeComparison.differences(samples.tree(tree), root(number), "/etc")).isEmpty();
    JsonNode list = TIU.run("list", "--json", "--sysroot", top()).orFail().json();
    for (JsonNode snapshot : list) {
      assertThat(snapshot.path("isDefault").asBoolean())
          .isEqualTo(snapshot.path("number").asInt() == number);
    }
  }

  @Test
  void description_of_a_half_built_snapshot_that_has_to_go_is_still_of_use() throws IOException {
    TIU.run(update(samples.v2(), "--stage")).orFail();
    TIU.run(update(samples.v1(), "--force")).orFail();

    TIU.run(update(samples.v2())).orFail();

    assertHolds(4, "v2");
    assertThat(snapshot(2)).doesNotExist();
    assertThat(snapshot(4).resolve("tiu/skeleton.tiu")).exists();
  }

  @Test
  void copy_of_the_base_as_it_was_before_somebody_put_it_right_is_not_gone_on_with()
      throws IOException {
    TIU.run(update(samples.v2(), "--stage")).orFail();
    makeHalfBuilt(2);
    Files.writeString(root(2).resolve("usr/lib/stray"), "copied while the base had it");
    setReadOnly(root(1), false);
    Files.writeString(root(1).resolve("usr/lib/stray"), "not of the image");
    Files.delete(root(1).resolve("usr/lib/stray"));
    setReadOnly(root(1), true);

    TIU.run(update(samples.v2())).orFail();

    assertHolds(2, "v2");
  }

  @Test
  void waiting_snapshot_that_somebody_changed_is_made_anew() throws IOException {
    TIU.run(update(samples.v2(), "--stage")).orFail();
    setReadOnly(root(2), false);
    Files.writeString(root(2).resolve("usr/lib/stray"), "not of the image");
    setReadOnly(root(2), true);

    TIU.run(update(samples.v2())).orFail();

    assertHolds(3, "v2");
  }

  @Test
  void base_that_changes_between_the_plan_and_the_copy_ends_the_update() throws IOException {
    Tiu meddling = new Tiu(new Meddler(), Map.of());

    Tiu.Outcome outcome = meddling.run(update(samples.v2()));

    assertThat(outcome.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(outcome.err()).contains("was changed while this update looked at it");
    assertThat(snapshot(2)).doesNotExist();
    TIU.run(update(samples.v2())).orFail();
    assertHolds(3, "v2");
  }

  /** Changes the base whenever a command asks for the time, as it does when it begins to build. */
  private final class Meddler extends Clock {
    @Override
    public Instant instant() {
      try {
        setReadOnly(root(1), false);
        Files.writeString(root(1).resolve("usr/lib/stray"), "not of the image");
        setReadOnly(root(1), true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return Clock.systemUTC().instant();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void files_of_the_base_are_looked_at_only_if_one_was_changed() throws IOException {
    assertThat(looksAt("hard-a")).isZero();
    setReadOnly(root(1), false);
    setReadOnly(root(1), true);
    assertThat(looksAt("hard-a")).isZero();

    setReadOnly(root(1), false);
    Files.writeString(root(1).resolve("usr/lib/empty"), "not any more");
    setReadOnly(root(1), true);

    assertThat(looksAt("hard-a")).isPositive();
  }

  /** How often a command that only plans asks the kernel about a file. */
  private long looksAt(String name) throws IOException {
    Path calls = directory.resolve("calls");
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("strace", "-f", "-qq", "-o", calls.toString(), "-e", "trace=statx"));
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    for (Object argument : update(samples.v2(), "--check")) {
      argv.add(argument.toString());
    }
    Command.of(argv).run();
    try (var lines = Files.lines(calls)) {
      return lines.filter(line -> line.contains('"' + name + '"')).count();
    }
  }
}
