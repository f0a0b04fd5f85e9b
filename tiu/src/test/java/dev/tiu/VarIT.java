package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of /var over updates and rollbacks.
 *
 * <pre>
 * shared   version 1, packs var/lib/dpkg as a directory of /var, as images once did
 * v1       version 1, owns var/lib/dpkg, with package a 1
 * v2       version 2, owns var/lib/dpkg, with package a 2
 * </pre>
 */
class VarIT {
  private static final Tiu TIU = Tiu.now();

  @TempDir private static Path directory;
  private static SampleSystems samples;
  private static Path v1;
  private static Path v2;
  private static Path shared;

  private BtrfsDisk disk;
  private Path top;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    shared = packWithDatabase("v1", "1", "var/lib/dpkg", "shared");
    shared = Files.move(shared, directory.resolve("shared.tiu"));
    v1 = packWithDatabase("v1", "1", "var/lib/dpkg", "1");
    v2 = packWithDatabase("v2", "2", "var/lib/dpkg", "2");
  }

  /** Of the tree with a database; "shared" is one whose image doesn't own it. */
  private static Path packWithDatabase(String tree, String version, String path, String a)
      throws IOException {
    Path database = samples.tree(tree).resolve(path);
    Files.createDirectories(database.resolve("info"));
    Files.createDirectories(database.resolve("updates"));
    Files.writeString(
        database.resolve("status"),
        "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: %s\n"
                .formatted(a.equals("shared") ? "0" : a)
            + "Maintainer: nobody <n@example.org>\nDescription: a\n\n");
    Files.writeString(database.resolve("info/a.list"), "/.\n");
    Files.writeString(database.resolve("info/format"), "1\n");
    if (a.equals("shared")) {
      // A name that isn't among the usual ones until the device has it.
      Path aside = samples.tree(tree).resolve("var/lib/dpkg-of-the-device");
      Files.move(database, aside);
      Path bundle = samples.pack(tree, version);
      Files.move(aside, database);
      return bundle;
    }
    return samples.pack(tree, version);
  }

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(512 << 20);
    top = disk.mountPoint();
  }

  @AfterEach
  void removeDisk() throws IOException {
    disk.close();
  }

  private Tiu.Outcome run(Object... arguments) {
    return attempt(arguments).orFail();
  }

  private Tiu.Outcome attempt(Object... arguments) {
    List<Object> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(1, List.of("--sysroot", top));
    if (List.of("install", "update").contains(arguments[0])) {
      all.addAll(1, List.of("--keyring", samples.keyring()));
    }
    return TIU.run(all.toArray());
  }

  private Path var() {
    return top.resolve("@/var");
  }

  private Path snapshot(int number) {
    return top.resolve("@/.snapshots/" + number);
  }

  private String sh(String script) throws IOException {
    return Command.of("bash", "-euc", "cd \"$0\"; " + script, top.toString()).run().text().strip();
  }

  /** What dpkg finds in a system: the snapshot's root, with /var where it mounts it. */
  private String packages(int number) throws IOException {
    String script =
        """
        mkdir -p root; mount -o bind @/.snapshots/%d/snapshot root; mount -o bind @/var root/var
        dpkg --root=root -l | awk '/^ii/ { print $2, $3 }'
        """;
    return Command.of(
            "unshare",
            "-m",
            "bash",
            "-euc",
            "cd \"$0\";" + script.formatted(number),
            top.toString())
        .run()
        .text()
        .strip();
  }

  private JsonNode listed(int number) throws IOException {
    for (JsonNode node : run("list", "--json").json()) {
      if (node.path("number").asInt() == number) {
        return node;
      }
    }
    throw new AssertionError("no snapshot " + number);
  }

  @Test
  void the_package_list_is_true_after_an_update_and_after_a_rollback() throws IOException {
    run("install", v1);
    assertThat(packages(1)).isEqualTo("a 1");
    assertThat(Files.readSymbolicLink(var().resolve("lib/dpkg")))
        .hasToString("../../usr/lib/sysimage/dpkg");

    assertThat(run("update", v2).err()).doesNotContain("dpkg");
    assertThat(packages(2)).isEqualTo("a 2");
    assertThat(run("rollback").err()).isEmpty();
    assertThat(packages(1)).isEqualTo("a 1");
    assertThat(sh("dpkg --root=@/.snapshots/2/snapshot -l | awk '/^ii/ { print $2, $3 }'"))
        .as("in the snapshot itself")
        .isEqualTo("a 2");
    assertThat(TIU.run("diff", "--keyring", samples.keyring(), v1, v2).orFail().out())
        .contains("  ~ a 1 -> 2");
    assertThat(TIU.run("info", "--keyring", samples.keyring(), v2).orFail().out())
        .contains("/var/lib/dpkg");
  }

  @Test
  void a_database_of_the_devices_is_set_aside_and_back_for_the_system_that_needs_it()
      throws IOException {
    run("install", shared);
    sh(
        "mkdir -p @/var/lib/dpkg/info @/var/lib/dpkg/updates; cp -a '%s'/. @/var/lib/dpkg"
            .formatted(samples.tree("v1").resolve("var/lib/dpkg")));
    assertThat(packages(1)).isEqualTo("a 1");

    assertThat(run("update", v2).err())
        .contains("/var/lib/dpkg is now the image's own")
        .contains("kept as /var/lib/dpkg.tiu-orig");
    assertThat(packages(2)).isEqualTo("a 2");
    assertThat(run("status").out()).contains("Set aside  /var/lib/dpkg.tiu-orig: ");
    sh(
        "cp -a @/var/lib/dpkg.tiu-orig @/var/lib/dpkg.tiu-orig-3; ln -s x @/var/lib/dpkg.tiu-orig-4");
    assertThat(run("status", "--json").json().path("varSetAside").toString())
        .isEqualTo("[\"/var/lib/dpkg.tiu-orig\",\"/var/lib/dpkg.tiu-orig-3\"]");
    sh("rm -r @/var/lib/dpkg.tiu-orig-3 @/var/lib/dpkg.tiu-orig-4");

    assertThat(run("rollback").err())
        .contains("/var/lib/dpkg is again what was kept as /var/lib/dpkg.tiu-orig");
    assertThat(packages(1)).isEqualTo("a 1");
    assertThat(Files.exists(var().resolve("lib/dpkg.tiu-orig"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
    assertThat(run("status").out()).doesNotContain("Set aside");

    assertThat(run("rollback", "2").err()).contains("kept as /var/lib/dpkg.tiu-orig");
    assertThat(packages(2)).isEqualTo("a 2");
  }

  @Test
  void a_link_that_a_killed_command_left_undone_is_made_by_the_next_one() throws IOException {
    run("install", v1);
    sh("rm @/var/lib/dpkg; mkdir @/var/lib/dpkg; echo x > @/var/lib/dpkg/status");

    assertThat(run("gc").err()).contains("kept as /var/lib/dpkg.tiu-orig");
    assertThat(packages(1)).isEqualTo("a 1");
  }

  @Test
  void var_is_kept_read_only_for_the_snapshot_that_is_left() throws IOException {
    run("install", v1);
    Files.writeString(var().resolve("lib/app/state"), "of version 1");
    assertThat(listed(1).path("keepsVar").asBoolean()).isFalse();

    run("update", v2);
    Files.writeString(var().resolve("lib/app/state"), "of version 2");

    Path kept = snapshot(1).resolve("var");
    assertThat(kept.resolve("lib/app/state")).hasContent("of version 1");
    assertThat(kept.resolve("lib/app/more")).as("what version 2 brought").doesNotExist();
    assertThat(sh("btrfs property get @/.snapshots/1/var ro")).isEqualTo("ro=true");
    assertThat(listed(1).path("keepsVar").asBoolean()).isTrue();
    assertThat(listed(2).path("keepsVar").asBoolean()).isFalse();
    assertThat(run("list").out()).contains("keeps /var");
    assertThat(run("status").out()).containsPattern("Way back +snapshot 1.*, keeps /var");
  }

  @Test
  void a_rollback_restores_nothing_in_var_unless_told_to() throws IOException {
    run("install", v1);
    Files.writeString(var().resolve("lib/app/state"), "of version 1");
    run("update", v2);
    Files.writeString(var().resolve("lib/app/state"), "of version 2");

    run("rollback");
    assertThat(var().resolve("lib/app/state")).hasContent("of version 2");

    Tiu.Outcome outcome = run("rollback", "1", "--var");
    assertThat(outcome.out()).contains("already is the default", "/var is what snapshot 1 kept");
    assertThat(var().resolve("lib/app/state")).hasContent("of version 1");
    assertThat(snapshot(2).resolve("var/lib/app/state")).hasContent("of version 2");
  }

  @Test
  void rollback_with_var_puts_it_back_and_forth() throws IOException {
    run("install", v1);
    Files.writeString(var().resolve("lib/app/state"), "of version 1");
    run("update", v2);
    Files.writeString(var().resolve("lib/app/state"), "of version 2");

    JsonNode back = run("rollback", "--var", "--json").json();
    assertThat(back.path("isDefault").path("number").asInt()).isEqualTo(1);
    assertThat(back.path("varPutBack").asBoolean()).isTrue();
    assertThat(back.path("varUsedUntilReboot").asBoolean()).isFalse();
    assertThat(var().resolve("lib/app/state")).hasContent("of version 1");
    Files.writeString(var().resolve("lib/app/state"), "of version 1 again");
    assertThat(sh("btrfs property get @/.snapshots/2/var ro")).isEqualTo("ro=true");
    assertThat(packages(1)).isEqualTo("a 1");

    run("rollback", "2", "--var");
    assertThat(var().resolve("lib/app/state")).hasContent("of version 2");
    assertThat(snapshot(1).resolve("var/lib/app/state")).hasContent("of version 1 again");
    assertThat(packages(2)).isEqualTo("a 2");
  }

  @Test
  void subvolumes_nested_in_var_stay_as_they_are_today() throws IOException {
    run("install", v1);
    sh("btrfs -q subvolume create @/var/lib/machines; echo one > @/var/lib/machines/m");
    run("update", v2);
    sh("echo two > @/var/lib/machines/m; btrfs -q subvolume create @/var/lib/machines/deep");
    sh("echo deep > @/var/lib/machines/deep/f; btrfs property set @/var/lib/machines/deep ro true");
    assertThat(sh("stat -c %i @/.snapshots/1/var/lib/machines"))
        .as("a directory that can be written, should somebody copy it")
        .isNotEqualTo("2");

    run("rollback", "--var");
    assertThat(var().resolve("lib/machines/m")).hasContent("two");
    assertThat(var().resolve("lib/machines/deep/f")).hasContent("deep");
    assertThat(sh("stat -c %i @/var/lib/machines")).isEqualTo("256");
    assertThat(sh("btrfs property get @/var/lib/machines/deep ro")).isEqualTo("ro=true");

    run("rollback", "2", "--var");
    run("gc", "--keep", "1");
    assertThat(var().resolve("lib/machines/deep/f")).hasContent("deep");
  }

  @Test
  void what_is_kept_of_var_goes_with_its_snapshot() throws IOException {
    run("install", v1);
    run("update", v2);
    sh("btrfs -q subvolume create @/var/lib/machines");
    run("update", "--force", v2);
    run("rollback", "2", "--var");
    run("update", "--force", v2);
    run("gc", "--keep", "1");
    assertThat(run("list", "--json").json().findValuesAsText("number")).containsExactly("2", "4");
    assertThat(sh("ls @/.snapshots; btrfs subvolume list . | grep -c 'snapshots/[13]/' || true"))
        .isEqualTo("2\n4\n0");
  }

  @Test
  void a_snapshot_that_keeps_no_var_is_said_and_nothing_changes() throws IOException {
    run("install", v1);
    run("update", v2);
    run("update", "--force", v2);
    run("rollback", "1");

    Tiu.Outcome outcome = attempt("rollback", "3", "--var");
    assertThat(outcome.code()).isEqualTo(ExitCode.OK);

    run("update", "--force", "--stage", v2);
    outcome = attempt("rollback", "4", "--var");
    assertThat(outcome.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(outcome.err()).contains("snapshot 4 keeps no /var");
    assertThat(listed(3).path("isDefault").asBoolean()).isTrue();
    assertThat(sh("find @/.snapshots -maxdepth 2 -name '.tiu*'")).isEmpty();
  }

  /** A mount of @/var by itself is what a running system has. */
  @Test
  void a_var_that_is_in_use_stays_in_use_and_is_sealed_when_it_isn_t_any_more() throws IOException {
    run("install", v1);
    Files.writeString(var().resolve("state"), "1");
    run("update", v2);
    Files.writeString(var().resolve("state"), "2");
    Path mounted = Files.createDirectory(directory.resolve("mounted"));
    Command.of("mount", "-o", "subvol=@/var", disk.device().toString(), mounted.toString()).run();
    try {
      Tiu.Outcome outcome = run("rollback", "--var");
      assertThat(outcome.out()).contains("from the next boot on", "goes on with today's");
      Files.writeString(mounted.resolve("state"), "2, and later");
      assertThat(var().resolve("state")).hasContent("1");
      assertThat(snapshot(2).resolve("var/state")).hasContent("2, and later");

      outcome = attempt("rollback", "2", "--var");
      assertThat(outcome.err()).isEmpty();
    } finally {
      Command.of("umount", mounted.toString()).run();
    }
    run("gc");
    assertThat(sh("btrfs property get @/.snapshots/2/var ro")).isEqualTo("ro=true");
  }
}
