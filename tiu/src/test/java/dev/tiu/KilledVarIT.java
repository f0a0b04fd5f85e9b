package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.KilledCommandIT.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills what changes /var anywhere: the system that boots then must have what it needs there. */
class KilledVarIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  /** Each of the first calls of a kind, and some of the many that only ask. */
  private static int next(int n) {
    return n + (n < 12 ? 1 : 5);
  }

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    Path database = samples.tree("v2").resolve("var/lib/dpkg");
    Files.createDirectories(database);
    Files.writeString(database.resolve("status"), "image");
    samples.pack("v2", "2");
  }

  private static void run(String command, Path top, Object... more) {
    Object[] all = new Object[more.length + 5];
    all[0] = command;
    all[1] = "--sysroot";
    all[2] = top;
    System.arraycopy(more, 0, all, 5, more.length);
    all[3] = "--wait";
    all[4] = "0";
    TIU.run(all).orFail();
  }

  private static void install(Path top, Path bundle) {
    run("install", top, "--keyring", samples.keyring(), bundle);
  }

  private static void update(Path top, Object... more) {
    Object[] all = new Object[more.length + 3];
    all[0] = "--keyring";
    all[1] = samples.keyring();
    System.arraycopy(more, 0, all, 2, more.length);
    all[all.length - 1] = samples.v2();
    run("update", top, all);
  }

  @Test
  void rollback_with_var_killed_anywhere_loses_no_var() throws IOException {
    KilledCommandIT.killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) throws IOException {
            install(top, samples.v1());
            Files.writeString(top.resolve("@/var/state"), "1");
            update(top);
            Files.writeString(top.resolve("@/var/state"), "2");
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"rollback", "1", "--var", "--sysroot", top};
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            int number = KilledCommandIT.isDefault(top).path("number").asInt();
            String state = Files.readString(top.resolve("@/var/state"));
            if (number == 2) {
              assertThat(state).as("/var of the system that boots").isEqualTo("2");
            } else {
              assertThat(number).isEqualTo(1);
              assertThat(state).isIn("1", "2");
            }
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(KilledCommandIT.isDefault(top).path("number").asInt()).isEqualTo(1);
            assertThat(top.resolve("@/var/state")).hasContent("1");
            assertThat(top.resolve("@/.snapshots/2/var/state")).hasContent("2");
          }
        },
        KilledVarIT::next);
  }

  @Test
  void a_switch_killed_anywhere_leaves_each_system_the_database_that_it_needs() throws IOException {
    KilledCommandIT.killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) throws IOException {
            install(top, samples.v1());
            Files.createDirectory(top.resolve("@/var/lib/dpkg"));
            Files.writeString(top.resolve("@/var/lib/dpkg/status"), "device");
            update(top, "--stage");
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"rollback", "2", "--sysroot", top};
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            Path database = top.resolve("@/var/lib/dpkg");
            boolean linked = Files.isSymbolicLink(database);
            if (KilledCommandIT.isDefault(top).path("number").asInt() == 1) {
              assertThat(linked).as("for the system that has none of its own").isFalse();
            }
            Path device = linked ? top.resolve("@/var/lib/dpkg.tiu-orig") : database;
            assertThat(device.resolve("status")).hasContent("device");
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(Files.readSymbolicLink(top.resolve("@/var/lib/dpkg")))
                .hasToString("../../usr/lib/sysimage/dpkg");
            assertThat(top.resolve("@/var/lib/dpkg.tiu-orig/status")).hasContent("device");
            assertThat(
                    Files.exists(
                        top.resolve("@/var/lib/dpkg.tiu-orig-2"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
          }
        },
        KilledVarIT::next);
  }
}
