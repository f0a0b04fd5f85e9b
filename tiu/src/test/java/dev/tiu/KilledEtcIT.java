package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.KilledCommandIT.Scenario;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills what makes another /etc for a snapshot that is there, at each of its steps: the snapshot
 * has the old one or the new one, whole, and the same command again ends with the new one.
 */
class KilledEtcIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static EtcSamples samples;

  @BeforeAll
  static void pack() throws IOException {
    samples = EtcSamples.make(directory, TIU);
  }

  /** The new is put in the place of the old by renames, one after the other. */
  private static final Map<String, IntUnaryOperator> EACH_RENAME = Map.of("renameat2", n -> n + 1);

  /**
   * What is made before and cleared away afterwards: a step ends with a snapshot or another flag of
   * a subvolume, a removal or a sync. Of the ioctls most only ask.
   */
  private static final Map<String, IntUnaryOperator> OTHER_STEPS =
      Map.of("ioctl", n -> n * 4, "unlinkat", n -> n * 4, "syncfs", n -> n + 1);

  private static Path place(Path top, int number) {
    return top.resolve("@/.snapshots/" + number);
  }

  private static Path etc(Path top, int number) {
    return place(top, number).resolve("snapshot/etc");
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  /** A device that was updated, with an edit from before that. */
  private static void update(Path top) throws IOException {
    TIU.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.first()).orFail();
    write(etc(top, 1).resolve("before"), "before\n");
    TIU.run("update", "--sysroot", top, "--keyring", samples.keyring(), samples.second()).orFail();
  }

  private static void editAgain(Path top) throws IOException {
    write(etc(top, 1).resolve("motd"), "mine\n");
    write(etc(top, 1).resolve("after"), "after\n");
    Files.delete(etc(top, 1).resolve("before"));
  }

  private static boolean isReadOnly(Path subvolume) throws IOException {
    return Command.of("btrfs", "property", "get", subvolume.toString(), "ro")
        .run()
        .text()
        .contains("ro=true");
  }

  private static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** What all scenarios have in common: the one /etc or the other, and the admin's untouched. */
  private abstract static class OfEtc implements Scenario {
    private final int from;
    private final int to;
    SortedMap<String, String> edited = Collections.emptySortedMap();
    SortedMap<String, String> old = Collections.emptySortedMap();

    OfEtc(int from, int to) {
      this.from = from;
      this.to = to;
    }

    abstract void edit(Path top) throws IOException;

    /** What was live is kept, as somebody has written to it. */
    void assertBefore(Path before) throws IOException {
      assertThat(EtcSamples.listing(before)).isEqualTo(old);
    }

    /** Whether this, which isn't the old one, is what it should become. */
    abstract void checkNew(Path etc) throws IOException;

    @Override
    public void prepare(Path top) throws IOException {
      update(top);
      edit(top);
      edited = EtcSamples.listing(etc(top, from));
      old = EtcSamples.listing(etc(top, to));
    }

    @Override
    public void checkKilled(Path top) throws IOException {
      assertThat(EtcSamples.listing(etc(top, from))).as("the admin's").isEqualTo(edited);
      if (!EtcSamples.listing(etc(top, to)).equals(old)) {
        checkNew(etc(top, to));
      }
    }

    @Override
    public void checkFinished(Path top) throws IOException {
      assertThat(EtcSamples.listing(etc(top, from))).as("the admin's").isEqualTo(edited);
      checkNew(etc(top, to));
      assertBefore(place(top, to).resolve("etc-before"));
      assertThat(isReadOnly(place(top, to).resolve("snapshot"))).isTrue();
      assertThat(TIU.run("status", "--sysroot", top).orFail().out())
          .as("the report is that of the /etc that is live")
          .contains("Conflict   /etc/motd");
    }
  }

  private static void assertMergedAgain(Path etc) {
    assertThat(etc.resolve("motd")).hasContent("mine");
    assertThat(etc.resolve("motd.tiu-new")).hasContent("two");
    assertThat(etc.resolve("hosts")).hasContent("two");
    assertThat(etc.resolve("after")).hasContent("after");
    assertThat(etc.resolve("passwd")).content().contains("newsvc:x:998:998:");
    assertThat(isThere(etc.resolve("before"))).isFalse();
  }

  @Test
  void finish_killed_anywhere_leaves_the_old_etc_or_the_new_one() throws IOException {
    KilledCommandIT.killEverywhere(
        new OfEtc(1, 2) {
          @Override
          void edit(Path top) throws IOException {
            editAgain(top);
          }

          @Override
          void checkNew(Path etc) {
            assertMergedAgain(etc);
          }

          @Override
          void assertBefore(Path before) {
            assertThat(isThere(before)).as("nobody's work is kept").isFalse();
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"etc", "finish", "--sysroot", top};
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            super.checkFinished(top);
            assertThat(TIU.run("etc", "finish", "--sysroot", top).orFail().out())
                .as("where the new one came from is known")
                .contains("Nothing in /etc was edited");
            assertThat(EtcSamples.listing(place(top, 2).resolve("etc-merged")))
                .isEqualTo(EtcSamples.listing(etc(top, 2)));
          }
        },
        OTHER_STEPS);
  }

  @Test
  void finish_over_edits_in_the_new_etc_killed_anywhere_loses_none_of_either() throws IOException {
    KilledCommandIT.killEverywhere(
        new OfEtc(1, 2) {
          private String origin = "";

          @Override
          void edit(Path top) throws IOException {
            editAgain(top);
            write(etc(top, 2).resolve("there"), "there\n");
            origin = Files.readString(place(top, 2).resolve("tiu/etc-origin.json"));
          }

          @Override
          void checkNew(Path etc) {
            assertMergedAgain(etc);
            assertThat(etc.resolve("there")).hasContent("there");
          }

          /** Another command finishes what was cut off, or undoes it. */
          @Override
          public void checkKilled(Path top) throws IOException {
            super.checkKilled(top);
            TIU.run("gc", "--sysroot", top).orFail();
            boolean isNew = !EtcSamples.listing(etc(top, 2)).equals(old);
            Path notes = place(top, 2).resolve("tiu");
            assertThat(
                    Files.readString(notes.resolve("etc-merge.json")).contains("/etc/motd.tiu-new"))
                .as("the report is that of the /etc that is live")
                .isEqualTo(isNew);
            assertThat(!Files.readString(notes.resolve("etc-origin.json")).equals(origin))
                .as("and so is what it was made from")
                .isEqualTo(isNew);
            assertThat(isThere(place(top, 2).resolve("etc-before"))).isEqualTo(isNew);
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"etc", "finish", "--sysroot", top};
          }
        },
        EACH_RENAME);
  }

  @Test
  void rollback_with_etc_killed_anywhere_leaves_the_old_etc_or_the_new_one() throws IOException {
    KilledCommandIT.killEverywhere(
        new OfEtc(2, 1) {
          @Override
          void edit(Path top) throws IOException {
            write(etc(top, 2).resolve("motd"), "today's\n");
            write(etc(top, 2).resolve("today"), "today\n");
          }

          @Override
          void checkNew(Path etc) {
            assertThat(etc.resolve("motd")).hasContent("today's");
            assertThat(etc.resolve("motd.tiu-new")).hasContent("one");
            assertThat(etc.resolve("hosts")).hasContent("one");
            assertThat(etc.resolve("before")).hasContent("before");
            assertThat(etc.resolve("today")).hasContent("today");
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"rollback", "1", "--keep-etc", "--sysroot", top};
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            super.checkKilled(top);
            if (KilledCommandIT.isDefault(top).path("number").asInt() == 1) {
              checkNew(etc(top, 1));
              // What the same command again would have nothing to do with.
              TIU.run("rollback", "2", "--sysroot", top).orFail();
            }
          }
        },
        EACH_RENAME);
  }

  /** The merge is made beside it, so that only what puts the files in their places can tear it. */
  @Test
  void finish_after_a_power_cut_killed_anywhere_tears_no_file_that_is_in_use() throws IOException {
    int kills = 0;
    for (String call : List.of("renameat2", "unlinkat")) {
      boolean killed = true;
      for (int n = 1; killed; n += 3) {
        try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
          killed = finishBooted(disk, call, n);
          kills += killed ? 1 : 0;
        } catch (AssertionError e) {
          throw new AssertionError("killed at %s number %d".formatted(call, n), e);
        }
      }
    }
    assertThat(kills).isGreaterThan(4);
  }

  private static boolean finishBooted(BtrfsDisk disk, String call, int n) throws IOException {
    Path top = disk.mountPoint();
    update(top);
    editAgain(top);
    write(etc(top, 2).resolve("there"), "there\n");
    write(etc(top, 2).resolve("motd"), "edited here\n");
    RunningSystem running = new RunningSystem(directory, disk);

    Command command = running.startBy(Strace.killing(call, n), 2, "etc", "finish");
    boolean killed = command.accepting(0, 137).run().exitCode() == 137;
    if (killed) {
      assertThat(Files.readString(etc(top, 2).resolve("hosts"))).isEqualTo("two\n");
      assertThat(Files.readString(etc(top, 2).resolve("motd"))).isEqualTo("edited here\n");
      assertThat(Files.readString(etc(top, 2).resolve("there"))).isEqualTo("there\n");
      if (isThere(etc(top, 2).resolve("after"))) {
        assertThat(etc(top, 2).resolve("after")).hasContent("after");
      }
      running.start(2, "etc", "finish").run();
    }
    assertThat(etc(top, 2).resolve("after")).hasContent("after");
    assertThat(isThere(etc(top, 2).resolve("before"))).isFalse();
    assertThat(etc(top, 2).resolve("there")).hasContent("there");
    assertThat(etc(top, 2).resolve("motd")).hasContent("edited here");
    try (var names = Files.list(etc(top, 2))) {
      assertThat(names.map(path -> path.getFileName().toString()))
          .contains("motd.tiu-new")
          .noneMatch(name -> name.endsWith("-tmp"));
    }
    assertThat(TIU.run("status", "--sysroot", top).orFail().out()).contains("Conflict   /etc/motd");
    assertThat(isThere(place(top, 2).resolve("etc-merged"))).isFalse();
    assertThat(isThere(place(top, 2).resolve("tiu/etc-origin.json"))).isFalse();
    return killed;
  }

  private static String owner(Path path) throws IOException {
    return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS)
        + ":"
        + Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS);
  }

  /** Whatever boots: its newsvc owns what the image says, and nobody else has that number. */
  private static void assertConsistent(Path top, JsonNode snapshot) throws IOException {
    int number = snapshot.path("number").asInt();
    String passwd = Files.readString(etc(top, number).resolve("passwd"));
    boolean renumbered = passwd.contains("newsvc:x:999:999:");
    assertThat(passwd.contains("alice:x:998:998:")).isEqualTo(renumbered);
    String expected = renumbered ? "999:999" : "998:998";
    for (String path : new String[] {"usr/lib/newsvc/data", "usr/lib/newsvc", "usr/bin/helper"}) {
      assertThat(owner(place(top, number).resolve("snapshot").resolve(path))).isEqualTo(expected);
    }
    assertThat(owner(etc(top, number).resolve("newsvc.conf"))).endsWith(expected.substring(3));
  }

  @Test
  void finish_that_gives_files_other_owners_killed_anywhere_leaves_one_set_of_them()
      throws IOException {
    KilledCommandIT.killEverywhere(
        new Scenario() {
          @Override
          public void prepare(Path top) throws IOException {
            update(top);
            editAgain(top);
            EtcSamples.addAlice(etc(top, 1));
          }

          @Override
          public Object[] command(Path top) {
            return new Object[] {"etc", "finish", "--sysroot", top};
          }

          @Override
          public void checkKilled(Path top) throws IOException {
            assertConsistent(top, KilledCommandIT.isDefault(top));
          }

          @Override
          public void checkFinished(Path top) throws IOException {
            JsonNode now = KilledCommandIT.isDefault(top);
            int number = now.path("number").asInt();
            assertThat(number).isGreaterThan(2);
            assertThat(now.path("state").asText()).isEqualTo("good");
            assertThat(now.path("base").asInt()).as("the way back").isEqualTo(1);
            assertConsistent(top, now);
            assertThat(etc(top, number).resolve("after")).hasContent("after");
            assertThat(etc(top, number).resolve("motd")).hasContent("mine");
            assertThat(owner(top.resolve("@/var/lib/newsvc"))).isEqualTo("999:999");
            assertThat(owner(top.resolve("@/var/lib/newsvc/state"))).isEqualTo("999:999");
            assertThat(place(top, number).resolve("tiu/ids.json")).exists();
            assertThat(KilledCommandIT.list(top)).as("the other one is gone").hasSize(2);
          }
        },
        EACH_RENAME);
  }
}
