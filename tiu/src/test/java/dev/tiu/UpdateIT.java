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

/** Install, update, roll back and clean up on a real btrfs, judged by tools that aren't ours. */
class UpdateIT {
  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;

  private BtrfsDisk disk;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
  }

  @BeforeEach
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(512 << 20);
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

  private Tiu.Outcome install(Path bundle) {
    return TIU.run("install", "--sysroot", top(), "--keyring", samples.keyring(), bundle);
  }

  private Tiu.Outcome update(Path bundle, String... more) {
    Object[] arguments = {"update", "--sysroot", top(), "--keyring", samples.keyring(), bundle};
    Object[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return TIU.run(all);
  }

  private void assertHolds(int number, String tree) throws IOException {
    assertThat(
            TreeComparison.differences(
                samples.tree(tree), snapshot(number).resolve("snapshot"), "/etc"))
        .as("snapshot %d without /etc", number)
        .isEmpty();
    assertThat(
            TreeComparison.differences(
                samples.tree(tree).resolve("etc"), snapshot(number).resolve("etc")))
        .as("/etc of snapshot %d as shipped", number)
        .isEmpty();
  }

  private JsonNode list() throws IOException {
    return TIU.run("list", "--json", "--sysroot", top()).orFail().json();
  }

  private int defaultNumber() throws IOException {
    for (JsonNode snapshot : list()) {
      if (snapshot.path("isDefault").asBoolean()) {
        return snapshot.path("number").asInt();
      }
    }
    throw new AssertionError("no default in " + list());
  }

  private long usedBytes() throws IOException {
    Command.of("sync", "-f", top().toString()).run();
    String text = Command.of("btrfs", "filesystem", "usage", "-b", top().toString()).run().text();
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("Used:"))
        .mapToLong(line -> Long.parseLong(line.substring(5).strip()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void an_installed_snapshot_equals_the_input() throws IOException {
    install(samples.v1()).orFail();

    assertHolds(1, "v1");
    assertThat(defaultNumber()).isEqualTo(1);
  }

  @Test
  void etc_that_nobody_edited_has_the_time_of_each_image() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();

    for (int number : new int[] {1, 2}) {
      assertThat(Files.getLastModifiedTime(snapshot(number).resolve("snapshot/etc")))
          .as("snapshot %d", number)
          .isEqualTo(Files.getLastModifiedTime(snapshot(number).resolve("etc")));
    }
  }

  @Test
  void an_updated_snapshot_equals_the_new_input_and_the_old_one_stays_as_it_was()
      throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();

    assertHolds(2, "v2");
    assertHolds(1, "v1");
    assertThat(defaultNumber()).isEqualTo(2);
  }

  @Test
  void holes_stay_holes() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();

    for (int number : new int[] {1, 2}) {
      Path sparse = snapshot(number).resolve("snapshot/usr/lib/sparse");
      long blocks =
          Long.parseLong(Command.of("stat", "-c", "%b", sparse.toString()).run().text().strip());
      assertThat(blocks * 512).isLessThan(1 << 20);
    }
  }

  @Test
  void btrfs_agrees_on_read_only_default_and_nesting() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();

    assertThat(btrfs("property", "get", "-ts", snapshot(2).resolve("snapshot"), "ro"))
        .contains("ro=true");
    assertThat(btrfs("property", "get", "-ts", snapshot(2).resolve("etc"), "ro"))
        .contains("ro=true");
    assertThat(btrfs("property", "get", "-ts", snapshot(2).resolve("snapshot/etc"), "ro"))
        .contains("ro=false");
    assertThat(btrfs("subvolume", "get-default", top())).endsWith("path @/.snapshots/2/snapshot");
    assertThat(btrfs("subvolume", "list", top()))
        .contains("path @/var", "path @/home", "path @/root", "path @/srv", "path @/opt")
        .contains("path @/usr-local");
  }

  private static String btrfs(Object... arguments) throws IOException {
    List<String> argv = new ArrayList<>(List.of("btrfs"));
    for (Object argument : arguments) {
      argv.add(argument.toString());
    }
    return Command.of(argv).run().text().strip();
  }

  @Test
  void an_edit_of_the_admins_is_kept_and_a_collision_is_put_beside() throws IOException {
    install(samples.v1()).orFail();
    Path live = snapshot(1).resolve("snapshot/etc");
    Files.writeString(live.resolve("motd"), "mine\n");
    Files.writeString(live.resolve("conf.d/local.conf"), "local\n");

    Tiu.Outcome outcome = update(samples.v2()).orFail();

    Path merged = snapshot(2).resolve("snapshot/etc");
    assertThat(merged.resolve("motd")).hasContent("mine");
    assertThat(merged.resolve("motd.tiu-new")).hasContent("two");
    assertThat(merged.resolve("hosts")).as("only the image changed it").hasContent("two");
    assertThat(merged.resolve("conf.d/local.conf")).hasContent("local");
    assertThat(merged.resolve("new.conf")).hasContent("new");
    assertThat(merged.resolve("issue")).doesNotExist();
    assertThat(live.resolve("hosts")).as("the old system's own").hasContent("one");
    assertThat(outcome.out()).contains("/etc/motd: changed here and in the image");
    assertThat(TIU.run("status", "--sysroot", top()).out()).contains("/etc/motd");

    Files.delete(merged.resolve("motd.tiu-new"));
    assertThat(TIU.run("status", "--sysroot", top()).orFail().out()).doesNotContain("/etc/motd");
  }

  @Test
  void status_shows_what_it_can_when_a_file_that_it_reads_is_broken() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();
    Files.writeString(snapshot(2).resolve("snapshot/etc/tiu/tiu.toml"), "compatible = \n");
    Files.writeString(snapshot(2).resolve("tiu/etc-merge.json"), "[{");

    Tiu.Outcome status = TIU.run("status", "--sysroot", top()).orFail();

    assertThat(status.out())
        .contains("Default    snapshot 2, version 2")
        .contains("Problem    /etc/tiu/tiu.toml")
        .containsPattern("Problem.*etc-merge.json");
  }

  @Test
  void shared_directories_get_what_is_missing_and_keep_what_is_there() throws IOException {
    install(samples.v1()).orFail();
    Path data = top().resolve("@/var/lib/app/data");
    assertThat(data).hasContent("data");
    assertThat(top().resolve("@/root/.profile")).hasContent("profile");
    assertThat(top().resolve("@/usr-local/bin/x")).hasContent("local");
    Files.writeString(data, "grown");

    update(samples.v2()).orFail();

    assertThat(data).hasContent("grown");
    assertThat(top().resolve("@/var/lib/app/more")).hasContent("more");
  }

  @Test
  void the_same_image_again_does_nothing() throws IOException {
    install(samples.v1()).orFail();

    Tiu.Outcome outcome = update(samples.v1()).orFail();

    assertThat(outcome.out()).contains("already installed");
    assertThat(list()).hasSize(1);
  }

  @Test
  void the_same_image_again_by_force_writes_no_file_data() throws IOException {
    install(samples.v2()).orFail();
    long before = usedBytes();

    Tiu.Outcome outcome = update(samples.v2(), "--force").orFail();

    assertThat(outcome.out()).contains("Writes 0 files of 0 B");
    assertThat(usedBytes() - before).isLessThan(1 << 20);
    assertHolds(2, "v2");
  }

  @Test
  void rollback_makes_the_one_before_the_default_and_back_again() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();

    TIU.run("rollback", "--sysroot", top()).orFail();
    assertThat(defaultNumber()).isEqualTo(1);
    assertThat(TIU.run("rollback", "--sysroot", top()).code()).isEqualTo(ExitCode.DEVICE);
    TIU.run("rollback", "--sysroot", top(), "2").orFail();
    assertThat(defaultNumber()).isEqualTo(2);
    assertThat(TIU.run("rollback", "--sysroot", top(), "7").code()).isEqualTo(ExitCode.DEVICE);
    assertThat(defaultNumber()).isEqualTo(2);
  }

  @Test
  void a_second_install_says_that_there_is_a_system_whatever_else_is_wrong() throws IOException {
    install(samples.v1()).orFail();

    Tiu.Outcome second =
        TIU.run(
            "install",
            "--device",
            "toaster",
            "--sysroot",
            top(),
            "--keyring",
            samples.keyring(),
            samples.v2());

    assertThat(second.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(second.err()).contains("already has a system");
    assertThat(list()).hasSize(1);
  }

  @Test
  void an_older_version_needs_permission() throws IOException {
    install(samples.v2()).orFail();

    Tiu.Outcome refused = update(samples.v1());
    assertThat(refused.code()).isEqualTo(ExitCode.UNFIT);
    assertThat(refused.err()).contains("--allow-downgrade");
    assertThat(list()).hasSize(1);

    update(samples.v1(), "--allow-downgrade").orFail();
    assertHolds(2, "v1");
  }

  @Test
  void an_image_for_something_else_is_refused() throws IOException {
    install(samples.v1()).orFail();
    Files.writeString(
        snapshot(1).resolve("snapshot/etc/tiu/tiu.toml"), "compatible = \"toaster\"\n");

    Tiu.Outcome refused = update(samples.v2());

    assertThat(refused.code()).isEqualTo(ExitCode.UNFIT);
    assertThat(refused.err()).contains("sample").contains("toaster");
    assertThat(list()).hasSize(1);
  }

  @Test
  void staging_leaves_the_default_and_rollback_to_it_completes_it() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2(), "--stage").orFail();

    assertThat(defaultNumber()).isEqualTo(1);
    assertThat(list().get(1).path("state").asText()).isEqualTo("staged");
    assertThat(top().resolve("@/var/lib/app/more")).doesNotExist();

    TIU.run("rollback", "--sysroot", top(), "2").orFail();
    assertThat(list().get(1).path("state").asText()).isEqualTo("good");
    assertThat(top().resolve("@/var/lib/app/more")).exists();
  }

  @Test
  void a_device_that_asks_for_a_trial_keeps_its_default() throws IOException {
    install(samples.v1()).orFail();
    Files.writeString(
        snapshot(1).resolve("snapshot/etc/tiu/tiu.toml"),
        "compatible = \"sample\"\ntrial = \"always\"\n");

    for (int i = 0; i < 2; i++) {
      assertThat(update(samples.v2()).orFail().out()).contains("tiu rollback 2");
      assertThat(defaultNumber()).isEqualTo(1);
      assertThat(list().get(1).path("state").asText()).isEqualTo("staged");
    }
  }

  @Test
  void gc_keeps_the_default_and_the_way_back_and_never_reuses_a_number() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();
    update(samples.v2(), "--force").orFail();

    Tiu.Outcome gc = TIU.run("gc", "--keep", "1", "--json", "--sysroot", top()).orFail();

    assertThat(gc.json().path("removed").toString()).isEqualTo("[1]");
    assertThat(gc.json().path("kept").toString()).isEqualTo("[2,3]");
    TIU.run("rollback", "--sysroot", top()).orFail();
    assertThat(snapshot(1)).doesNotExist();
    update(samples.v2(), "--force").orFail();
    assertThat(snapshot(4)).exists();
  }

  /** A snapshot of the base has an empty directory in its place, which can't even be written. */
  @Test
  void a_subvolume_that_somebody_made_in_the_base_is_put_right_in_the_new_snapshot()
      throws IOException {
    install(samples.v1()).orFail();
    Path root = snapshot(1).resolve("snapshot");
    btrfs("property", "set", "-ts", root, "ro", "false");
    for (String name : List.of("usr/lib/group", "bin", "usr/lib/gone")) {
      Path directory = root.resolve(name);
      Path moved = directory.resolveSibling("moved");
      Files.move(directory, moved);
      btrfs("subvolume", "create", directory);
      Command.of("cp", "-aT", moved.toString(), directory.toString()).run();
      Command.of("rm", "-r", moved.toString()).run();
    }
    btrfs("property", "set", "-ts", root, "ro", "true");

    update(samples.v2()).orFail();

    assertHolds(2, "v2");
  }

  @Test
  void an_immutable_file_in_etc_is_no_obstacle() throws IOException {
    install(samples.v1()).orFail();
    Path hosts = snapshot(1).resolve("snapshot/etc/hosts");
    Files.writeString(hosts, "mine\n");
    Command.of("chattr", "+i", hosts.toString()).run();

    update(samples.v2()).orFail();

    Path merged = snapshot(2).resolve("snapshot/etc");
    assertThat(merged.resolve("hosts")).hasContent("mine");
    assertThat(merged.resolve("hosts.tiu-new")).hasContent("two");
    assertThat(TIU.run("rollback", "--sysroot", top()).orFail().code()).isEqualTo(ExitCode.OK);
    TIU.run("gc", "--keep", "1", "--sysroot", top()).orFail();
  }

  @Test
  void what_differs_from_the_base_record_is_put_right_in_the_new_snapshot() throws IOException {
    install(samples.v1()).orFail();
    Path root = snapshot(1).resolve("snapshot");
    btrfs("property", "set", "-ts", root, "ro", "false");
    Files.writeString(root.resolve("usr/lib/same"), "damaged");
    Files.delete(root.resolve("usr/lib/empty"));
    Files.writeString(root.resolve("usr/lib/stray"), "not of the image");
    Files.createDirectories(root.resolve("usr/strays/deep"));
    btrfs("property", "set", "-ts", root, "ro", "true");

    Tiu.Outcome outcome = update(samples.v2()).orFail();

    assertHolds(2, "v2");
    assertThat(outcome.err()).contains("put right");
  }

  @Test
  void a_link_planted_in_the_base_is_never_written_through() throws IOException {
    install(samples.v1()).orFail();
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Path victim = Files.writeString(outside.resolve("big"), "untouched");
    Path root = snapshot(1).resolve("snapshot");
    btrfs("property", "set", "-ts", root, "ro", "false");
    Files.delete(root.resolve("usr/lib/big"));
    Files.createSymbolicLink(root.resolve("usr/lib/big"), victim);
    Command.of("rm", "-r", root.resolve("usr/lib/old").toString()).run();
    Files.createSymbolicLink(root.resolve("usr/lib/old"), outside);
    Files.createSymbolicLink(root.resolve("usr/lib/new"), outside);
    Files.createDirectories(root.resolve("usr/lib/kind-b.d"));
    btrfs("property", "set", "-ts", root, "ro", "true");

    update(samples.v2()).orFail();

    assertHolds(2, "v2");
    assertThat(victim).hasContent("untouched");
    try (var names = Files.list(outside)) {
      assertThat(names).containsExactly(victim);
    }
  }

  @Test
  void a_lost_record_of_the_base_costs_a_full_write_and_nothing_else() throws IOException {
    install(samples.v1()).orFail();
    Files.delete(snapshot(1).resolve("tiu/skeleton.tiu"));

    Tiu.Outcome outcome = update(samples.v2()).orFail();

    assertThat(outcome.err()).contains("written anew");
    assertHolds(2, "v2");
  }

  @Test
  void what_was_begun_without_the_record_of_the_base_is_not_mixed_with_what_needs_it()
      throws IOException {
    install(samples.v1()).orFail();
    Path record = snapshot(1).resolve("tiu/skeleton.tiu");
    Path away = snapshot(1).resolve("tiu/away");
    Files.move(record, away);
    update(samples.v2(), "--stage").orFail();
    Path info = snapshot(2).resolve("info.xml");
    Files.writeString(info, Files.readString(info).replace("staged", "building"));
    Path root = snapshot(2).resolve("snapshot");
    btrfs("property", "set", "-ts", root, "ro", "false");
    Files.delete(root.resolve("bin/sh"));
    Files.move(away, record);

    Tiu.Outcome outcome = update(samples.v2()).orFail();

    assertThat(outcome.out()).contains("Going on with snapshot 2");
    assertHolds(2, "v2");
  }

  @Test
  void an_edit_after_staging_is_in_the_etc_that_goes_live() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2(), "--stage").orFail();
    Files.writeString(snapshot(1).resolve("snapshot/etc/late.conf"), "edited later");

    update(samples.v2()).orFail();

    assertThat(defaultNumber()).isEqualTo(2);
    assertThat(snapshot(2).resolve("snapshot/etc/late.conf")).hasContent("edited later");
    assertHolds(2, "v2");
  }

  @Test
  void a_full_disk_changes_nothing() throws IOException {
    install(samples.v1()).orFail();
    Command.of(
            "bash",
            "-c",
            "head -c 600M /dev/zero > \"$1\" 2>/dev/null; sync -f \"$1\"",
            "fill",
            top().resolve("@/home/filler").toString())
        .accepting(0, 1)
        .run();
    List<String> before = names();

    Tiu.Outcome refused = update(samples.v2());

    assertThat(refused.code()).isEqualTo(ExitCode.NO_SPACE);
    assertThat(refused.err()).contains("Nothing was changed");
    assertThat(names()).isEqualTo(before);
    assertThat(defaultNumber()).isEqualTo(1);
  }

  private List<String> names() throws IOException {
    return Command.of("find", top().resolve("@/.snapshots").toString(), "-maxdepth", "2")
        .run()
        .text()
        .lines()
        .sorted()
        .toList();
  }

  @Test
  void installing_on_a_disk_with_data_is_refused() throws IOException {
    Files.writeString(top().resolve("photos"), "all of them");

    Tiu.Outcome refused = install(samples.v1());

    assertThat(refused.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(refused.err()).contains("photos");
    try (var names = Files.list(top())) {
      assertThat(names).containsExactly(top().resolve("photos"));
    }
  }

  @Test
  void installing_the_same_image_again_says_that_it_is_there() throws IOException {
    install(samples.v1()).orFail();

    assertThat(install(samples.v1()).orFail().out()).contains("Already installed");
    assertThat(list()).hasSize(1);
  }

  @Test
  void installing_twice_is_refused() throws IOException {
    install(samples.v1()).orFail();

    Tiu.Outcome refused = install(samples.v2());

    assertThat(refused.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(refused.err()).contains("tiu update");
    assertHolds(1, "v1");
  }

  @Test
  void a_mount_that_is_not_the_top_level_is_refused() throws IOException {
    install(samples.v1()).orFail();

    Tiu.Outcome refused = TIU.run("list", "--sysroot", top().resolve("@"));

    assertThat(refused.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(refused.err()).contains("subvolid=5");
  }

  @Test
  void a_directory_that_is_no_btrfs_is_refused() {
    Tiu.Outcome refused = TIU.run("list", "--sysroot", "/proc");

    assertThat(refused.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(refused.err()).contains("not on a btrfs");
  }

  @Test
  void the_etc_of_an_old_snapshot_comes_back_with_it() throws IOException {
    install(samples.v1()).orFail();
    update(samples.v2()).orFail();
    Path second = snapshot(2).resolve("snapshot/etc/motd");
    Files.writeString(second, "edited in 2");

    TIU.run("rollback", "--sysroot", top()).orFail();

    assertThat(snapshot(1).resolve("snapshot/etc/motd")).hasContent("one");
    assertThat(second).hasContent("edited in 2");
    assertThat(Files.exists(snapshot(2).resolve("snapshot"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }
}
