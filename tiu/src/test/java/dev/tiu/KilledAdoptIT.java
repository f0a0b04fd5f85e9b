package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.KilledCommandIT.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills `tiu adopt` anywhere: the old root stays as it is, and what boots is whole. */
class KilledAdoptIT {
  private static final Tiu TIU = Tiu.now();
  private static final String DATA = "var/lib/app/data";

  @TempDir private static Path directory;
  private static ForeignSamples samples;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = ForeignSamples.make(directory, TIU);
  }

  private static int next(int n) {
    return n < 3 ? n + 1 : n * 3;
  }

  private static Object[] adopt(Path top) {
    return new Object[] {
      "adopt", "--sysroot", top, "--root", "@rootfs", "--device", "sample", "--wait", "0"
    };
  }

  private static void assertWhole(Path top, int number) throws IOException {
    Path root = top.resolve("@/.snapshots/" + number + "/snapshot");
    assertThat(root.resolve("usr/lib/os-release")).exists();
    assertThat(root.resolve("etc/tiu/tiu.toml")).content().contains("sample");
    assertThat(root.resolve("etc/fstab")).content().contains("subvol=@/var");
    for (String name : new String[] {"var", "home", "root", "srv", "opt", "usr-local"}) {
      assertThat(top.resolve("@/" + name)).isDirectory();
    }
    assertThat(top.resolve("@/home/user/file")).hasContent("mine");
  }

  @Test
  void adopt_killed_anywhere_leaves_the_old_root_or_a_whole_snapshot() throws IOException {
    KilledCommandIT.killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) throws IOException {
            samples.installAt(top.resolve("@rootfs"));
          }

          @Override
          public Object[] command(Path top) {
            return adopt(top);
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            assertThat(TreeComparison.differences(samples.system(), top.resolve("@rootfs")))
                .isEmpty();
            if (Files.exists(top.resolve("@"))) {
              for (JsonNode snapshot : KilledCommandIT.list(top)) {
                assertThat(snapshot.path("state").asText()).isIn("staged", "good");
                assertWhole(top, snapshot.path("number").asInt());
              }
            }
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(TreeComparison.differences(samples.system(), top.resolve("@rootfs")))
                .isEmpty();
            JsonNode now = KilledCommandIT.isDefault(top);
            assertThat(now.path("state").asText()).isEqualTo("good");
            assertThat(now.path("number").asInt()).isEqualTo(1);
            assertWhole(top, 1);
            assertThat(top.resolve("@/.snapshots/1/etc/motd")).hasContent("one");
          }
        },
        KilledAdoptIT::next);
  }

  @Test
  void finish_killed_anywhere_leaves_a_system_that_boots_and_can_be_finished() throws IOException {
    KilledCommandIT.killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) throws IOException {
            samples.installAt(top.resolve("@rootfs"));
            TIU.run(adopt(top)).orFail();
            Files.writeString(top.resolve("@rootfs").resolve(DATA), "later");
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {
              "adopt", "--finish", "--sysroot", top, "--root", "@rootfs", "--wait", "0"
            };
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            JsonNode now = KilledCommandIT.isDefault(top);
            assertThat(now.path("state").asText()).isIn("staged", "good");
            assertWhole(top, now.path("number").asInt());
            String data = Files.readString(top.resolve("@").resolve(DATA)).strip();
            if (now.path("number").asInt() == 1) {
              assertThat(data).isIn("data", "later");
            } else {
              assertThat(data).isEqualTo("later");
            }
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            JsonNode now = KilledCommandIT.isDefault(top);
            assertThat(now.path("state").asText()).isEqualTo("good");
            assertThat(now.path("number").asInt()).isGreaterThan(1);
            assertWhole(top, now.path("number").asInt());
            assertThat(top.resolve("@").resolve(DATA)).hasContent("later");
            assertThat(KilledCommandIT.list(top)).hasSize(1);
          }
        },
        KilledAdoptIT::next);
  }
}
