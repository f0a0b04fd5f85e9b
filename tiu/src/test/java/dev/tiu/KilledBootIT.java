package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.KilledCommandIT.Scenario;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills what changes a boot partition anywhere: whatever the loader starts then has its kernel, and
 * a snapshot that is whole. The boot partition is a directory of the same disk.
 */
class KilledBootIT {
  private static final Tiu TIU = Tiu.now();
  private static final int KERNEL_SIZE = 100_000;
  private static final Pattern INITRD = Pattern.compile("initrd (/tiu/[0-9a-f]+/initrd)");
  private static final Pattern KERNEL = Pattern.compile("linux [^/]*(/tiu/[0-9a-f]+/linux)");

  @TempDir private static Path directory;
  private static SampleSystems samples;

  private static int next(int n) {
    return n + (n < 6 ? 1 : 11);
  }

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    Command.of("cp", "-a", "" + samples.tree("v2"), "" + samples.tree("v3")).run();
    Command.of("cp", "-a", "" + samples.tree("v2"), "" + samples.tree("v4")).run();
    InitrdSamples.addGenerator(samples.tree("v4"));
    for (String version : new String[] {"1", "2", "3", "4"}) {
      samples.addKernel("v" + version, version, version.repeat(KERNEL_SIZE));
      String policy = version.equals("4") ? "regenerate" : "none";
      samples.pack("v" + version, version, "--initrd", policy);
    }
  }

  private static Path boot(Path top) {
    return top.resolve("boot-partition");
  }

  private static void update(Path top, String version, Object... more) throws IOException {
    Object[] all = new Object[more.length + 8];
    Object[] usual = {"update", "--sysroot", top, "--boot-dir", boot(top), "--keyring"};
    System.arraycopy(usual, 0, all, 0, usual.length);
    all[6] = samples.keyring();
    System.arraycopy(more, 0, all, 7, more.length);
    all[all.length - 1] = directory.resolve("v%s-%s.tiu".formatted(version, version));
    TIU.run(all).orFail();
  }

  /** Snapshot 2 is the default, 1 the way back. */
  private static void install(Path top) throws IOException {
    TIU.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()).orFail();
    Files.createDirectory(boot(top));
    configure(top, 1, "never");
    update(top, "2");
  }

  private static void configure(Path top, int number, String trial) throws IOException {
    Files.writeString(
        top.resolve("@/.snapshots/%d/snapshot/etc/tiu/tiu.toml".formatted(number)),
        "compatible = \"sample\"\ntrial = \"%s\"\nboot.loader = \"grub\"\n".formatted(trial));
  }

  private static JsonNode loader(Path top) throws IOException {
    return TIU.run("status", "--sysroot", top, "--boot-dir", boot(top), "--json")
        .orFail()
        .json()
        .path("boot");
  }

  /** What a start of that snapshot reads is there, and as long as it must be. */
  private static void requireStarts(Path top, int number) throws IOException {
    assertThat(top.resolve("@/.snapshots/%d/snapshot/etc".formatted(number))).isDirectory();
    Matcher kernel =
        KERNEL.matcher(Files.readString(boot(top).resolve("tiu/grub/%d.cfg".formatted(number))));
    assertThat(kernel.find()).isTrue();
    assertThat(boot(top).resolve(kernel.group(1).substring(1)))
        .hasContent(Integer.toString(number).repeat(KERNEL_SIZE));
  }

  @Test
  void rollback_killed_anywhere_starts_the_old_or_the_new() throws IOException {
    KilledCommandIT.killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) throws IOException {
            install(top);
            update(top, "3", "--stage");
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"rollback", "3", "--sysroot", top, "--boot-dir", boot(top)};
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            JsonNode loader = loader(top);
            assertThat(loader.path("trial").isMissingNode()).isTrue();
            assertThat(loader.path("isDefault").asInt()).isIn(2, 3);
            requireStarts(top, loader.path("isDefault").asInt());
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(loader(top).path("isDefault").asInt()).isEqualTo(3);
            requireStarts(top, 3);
            requireStarts(top, 2);
            assertThat(KilledCommandIT.isDefault(top).path("number").asInt()).isEqualTo(3);
          }
        },
        KilledBootIT::next);
  }

  /** Snapshot 2 is the default, and 3 is tried: as a whole, if it still is. */
  private abstract static class EtcFinishDuringTrial implements Scenario {
    abstract void requireTrial(Path top) throws IOException;

    @Override
    public Object[] command(Path top) {
      return new Object[] {"etc", "finish", "--sysroot", top, "--boot-dir", boot(top)};
    }

    @Override
    public void checkKilled(Path top) throws IOException {
      JsonNode loader = loader(top);
      assertThat(loader.path("isDefault").asInt()).isEqualTo(2);
      requireStarts(top, 2);
      if (loader.path("triesLeft").asInt() > 0) {
        assertThat(loader.path("trial").asInt()).isEqualTo(3);
        requireTrial(top);
      }
    }
  }

  @Test
  void etc_finish_killed_anywhere_leaves_what_is_on_trial_whole_or_not_on_trial()
      throws IOException {
    KilledCommandIT.killEverywhere(
        new EtcFinishDuringTrial() {
          @Override
          public void prepare(Path top) throws IOException {
            install(top);
            configure(top, 2, "always");
            update(top, "3");
            Path etc = top.resolve("@/.snapshots/2/snapshot/etc");
            Files.writeString(etc.resolve("edited"), "late");
            Files.createDirectories(etc.resolve("tiu/cmdline.d"));
            Files.writeString(etc.resolve("tiu/cmdline.d/90-kargs.conf"), "late=1\n");
          }

          @Override
          void requireTrial(Path top) throws IOException {
            requireStarts(top, 3);
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(top.resolve("@/.snapshots/3/snapshot/etc/edited")).hasContent("late");
            requireStarts(top, 2);
            requireStarts(top, 3);
            assertThat(loader(top).path("trial").asInt()).isEqualTo(3);
            assertThat(Files.readString(boot(top).resolve("tiu/grub/3.cfg"))).contains("late=1");
          }
        },
        KilledBootIT::next);
  }

  /** Of snapshot 3, which is on trial; its initrd has the crypttab, which is one line then. */
  private static boolean hasLateInitrd(Path top) throws IOException {
    Matcher initrd = INITRD.matcher(Files.readString(boot(top).resolve("tiu/grub/3.cfg")));
    assertThat(initrd.find()).isTrue();
    String content = Files.readString(boot(top).resolve(initrd.group(1).substring(1)));
    assertThat(content).contains("TRAILER!!!");
    return content.contains("root UUID=1");
  }

  @Test
  void etc_finish_that_makes_an_initrd_killed_anywhere_leaves_the_earlier_one_or_the_new_one()
      throws IOException {
    KilledCommandIT.killEverywhere(
        new EtcFinishDuringTrial() {
          @Override
          public void prepare(Path top) throws IOException {
            install(top);
            configure(top, 2, "always");
            update(top, "4");
            assertThat(hasLateInitrd(top)).isFalse();
            Path etc = top.resolve("@/.snapshots/2/snapshot/etc");
            Files.writeString(etc.resolve("crypttab"), "root UUID=1 none luks\n");
          }

          @Override
          void requireTrial(Path top) throws IOException {
            boolean unused = hasLateInitrd(top);
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            assertThat(top.resolve("@/.snapshots/3/snapshot/etc/crypttab")).exists();
            requireStarts(top, 2);
            assertThat(hasLateInitrd(top)).isTrue();
            assertThat(loader(top).path("trial").asInt()).isEqualTo(3);
            assertThat(loader(top).path("triesLeft").asInt()).isEqualTo(3);
            assertThat(TIU.run("status", "--sysroot", top, "--boot-dir", boot(top)).orFail().out())
                .doesNotContain("Problem");
          }
        },
        n -> n + (n < 3 ? 1 : 13));
  }
}
