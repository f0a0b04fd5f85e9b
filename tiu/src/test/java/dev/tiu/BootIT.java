package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Updates, trials and ways back of a machine with a boot loader. What the loader's script does at a
 * start, the test does: it takes a try away, and says which snapshot runs.
 */
final class BootIT {
  private static final Tiu TIU = Tiu.now();
  private static final int KERNEL_SIZE = 1 << 20;

  @TempDir static Path directory;
  private static SampleSystems samples;

  private LoaderMachine machine;
  private Path boot;

  @BeforeAll
  static void makeSamples() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    for (String version : List.of("1", "2", "3", "4")) {
      if (!version.equals("1")) {
        Command.of("cp", "-a", "" + samples.tree("v1"), "" + samples.tree("k" + version)).run();
      }
    }
    addKernel("v1", "1");
    for (String version : List.of("2", "3", "4")) {
      addKernel("k" + version, version);
      samples.pack("k" + version, version, "--initrd", "none");
    }
    samples.pack("v1", "1", "--initrd", "none");
  }

  /** Of 1 MiB. */
  private static void addKernel(String tree, String version) throws IOException {
    samples.addKernel(tree, version, "kernel " + version + " ".repeat(KERNEL_SIZE));
  }

  @BeforeEach
  void install() throws IOException {
    machine = LoaderMachine.install(directory, samples);
    boot = machine.boot();
    configure("grub", "always");
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
  }

  private void configure(String loader, String trial) throws IOException {
    Files.writeString(
        etc(1).resolve("tiu/tiu.toml"),
        """
        compatible = "sample"
        trial = "%s"
        [boot]
        loader = "%s"
        directory = "/mnt%s"
        """
            .formatted(trial, loader, boot));
  }

  private Path top() {
    return machine.top();
  }

  private Path place(int number) {
    return machine.place(number);
  }

  private Path etc(int number) {
    return machine.etc(number);
  }

  private static Path bundle(int version) {
    return directory.resolve("k%d-%d.tiu".formatted(version, version));
  }

  private String tiu(int running, Object... arguments) throws IOException {
    return machine.start(running, arguments).run().text();
  }

  private Command.Result fails(ExitCode code, int running, Object... arguments) throws IOException {
    return machine.start(running, arguments).accepting(code.number()).run();
  }

  private Object[] updateTo(int version) {
    return new Object[] {
      "update", "--keyring", "/mnt" + samples.keyring(), "/mnt" + bundle(version)
    };
  }

  private JsonNode json(String command) throws IOException {
    return machine.json(command);
  }

  private String state(int number) throws IOException {
    for (JsonNode snapshot : json("list")) {
      if (snapshot.path("number").asInt() == number) {
        return snapshot.path("state").asText()
            + (snapshot.has("reason") ? ": " + snapshot.path("reason").asText() : "");
      }
    }
    return "gone";
  }

  /** What the loader would start: {@code 2, then 1}. */
  private String next() throws IOException {
    assertThat(defaultSubvolume())
        .as("btrfs's default")
        .isEqualTo(machine.loader().path("isDefault").asInt(1));
    return machine.next();
  }

  private int defaultSubvolume() throws IOException {
    for (JsonNode snapshot : json("list")) {
      if (snapshot.path("isDefault").asBoolean()) {
        return snapshot.path("number").asInt();
      }
    }
    throw new AssertionError("no default");
  }

  private void countTry() throws IOException {
    machine.countTry();
  }

  private List<Integer> published() throws IOException {
    List<Integer> numbers = new ArrayList<>();
    machine.loader().path("published").forEach(n -> numbers.add(n.asInt()));
    return numbers;
  }

  @Test
  void new_snapshot_is_tried_and_becomes_the_default_when_it_is_marked_good() throws Exception {
    Files.writeString(top().resolve("@/var/state"), "before the update");
    assertThat(tiu(1, updateTo(2)))
        .contains(
            "Snapshot 2, version 2, is on trial from the next boot on, for 3 boots; then the"
                + " default, 1, boots again");
    assertThat(next()).isEqualTo("2 3 times, then 1");
    assertThat(tiu(1, "list")).contains("on trial, 3 boots left");
    assertThat(tiu(1, "status"))
        .contains(
            "Loader     grub at /mnt" + boot + "; can start snapshots 1, 2; snapshot 2 is on");
    assertThat(Files.readString(boot.resolve("tiu/grub/2.cfg")))
        .contains("rootflags=subvol=@/.snapshots/2/snapshot");
    Files.writeString(top().resolve("@/var/state"), "after the update");

    countTry();
    assertThat(tiu(2, "booted")).contains("Snapshot 2 has booted on trial");
    assertThat(state(2)).isEqualTo("trying");
    assertThat(place(1).resolve("var/state")).hasContent("after the update");
    assertThat(fails(ExitCode.DEVICE, 2, updateTo(3)).errorTail())
        .contains("snapshot 2, which runs, is on trial");
    assertThat(tiu(2, "booted")).as("again").contains("on trial");

    assertThat(tiu(2, "mark-good")).contains("Snapshot 2 is good, and the default");
    assertThat(next()).isEqualTo("2");
    assertThat(state(2)).isEqualTo("good");
    assertThat(tiu(2, "booted")).contains("Snapshot 2, the default, has booted");
    assertThat(tiu(2, "rollback")).contains("Snapshot 1, version 1, is the default");
    assertThat(next()).isEqualTo("1");
  }

  @Test
  void trial_is_called_off_when_the_latest_edits_cannot_be_brought_in_and_status_says_so()
      throws Exception {
    tiu(1, updateTo(2));
    assertThat(tiu(1, "status")).contains("Next       snapshot 2, version 2, staged");
    Files.writeString(etc(1).resolve("edited"), "late");
    Command.of("chattr", "+i", "" + etc(2)).run();
    Command.Result failed = machine.start(1, "etc", "finish").accepting(9, 10, 11).run();
    assertThat(failed.errorTail()).contains("The trial of snapshot 2 is called off");
    assertThat(next()).isEqualTo("1");
    assertThat(tiu(1, "booted")).contains("Snapshot 1, the default, has booted");
    assertThat(state(2)).isEqualTo("staged");
    assertThat(tiu(1, "status"))
        .contains("Problem    snapshot 2 isn't tried, as the latest edits of /etc couldn't be")
        .doesNotContain("Next ");

    Command.of("chattr", "-i", "" + etc(2)).run();
    assertThat(tiu(1, updateTo(2))).contains("Snapshot 3, version 2, is on trial");
    assertThat(next()).isEqualTo("3 3 times, then 1");
    assertThat(etc(3).resolve("edited")).hasContent("late");
    assertThat(tiu(1, "status")).doesNotContain("Problem");
  }

  @Test
  void trial_that_never_comes_up_is_over_when_its_boots_are_used_up() throws Exception {
    tiu(1, updateTo(2));
    countTry();
    assertThat(tiu(1, "booted")).as("somebody chose the default").contains("2 boots left");
    countTry();
    countTry();
    assertThat(tiu(1, "booted"))
        .contains("Snapshot 2 is bad: none of its trial boots came up")
        .contains("Snapshot 1, the default, has booted");
    assertThat(next()).isEqualTo("1");
    assertThat(state(2)).isEqualTo("bad: none of its trial boots came up");
    assertThat(fails(ExitCode.UNFIT, 1, updateTo(2)).errorTail()).contains("known to be bad");
    assertThat(tiu(1, updateTo(3))).contains("on trial");
    assertThat(next()).isEqualTo("3 3 times, then 1");
  }

  @Test
  void trial_that_nobody_marks_good_is_over_too_and_gives_back_what_it_changed_of_secrets()
      throws Exception {
    Files.createDirectories(etc(1).resolve("ssh"));
    Files.writeString(etc(1).resolve("ssh/ssh_host_ed25519_key"), "old");
    tiu(1, updateTo(2));
    countTry();
    tiu(2, "booted");
    Files.writeString(etc(2).resolve("ssh/ssh_host_ed25519_key"), "rotated");
    countTry();
    countTry();
    assertThat(tiu(1, "booted"))
        .contains("Snapshot 2 is bad: its trial boots ended before anybody marked it good");
    assertThat(etc(1).resolve("ssh/ssh_host_ed25519_key")).hasContent("rotated");
  }

  @Test
  void rollback_during_a_trial_ends_it() throws Exception {
    tiu(1, updateTo(2));
    countTry();
    tiu(2, "booted");
    assertThat(tiu(2, "rollback")).contains("Snapshot 1, version 1, is the default; it boots next");
    assertThat(next()).isEqualTo("1");
    assertThat(state(2)).isEqualTo("bad: its trial was ended with `tiu rollback`");
  }

  @Test
  void rollback_before_the_reboot_takes_the_trial_back() throws Exception {
    tiu(1, updateTo(2));
    tiu(1, "rollback");
    assertThat(next()).isEqualTo("1");
    assertThat(state(2)).isEqualTo("staged");
    assertThat(tiu(1, "rollback", "2")).contains("Snapshot 2, version 2, is the default");
    assertThat(next()).isEqualTo("2");
  }

  @Test
  void mark_bad_ends_a_trial_with_a_reason() throws Exception {
    tiu(1, updateTo(2));
    countTry();
    tiu(2, "booted");
    tiu(2, "mark-bad", "--reason", "no sound");
    assertThat(next()).isEqualTo("1");
    assertThat(state(2)).isEqualTo("bad: no sound");
    assertThat(fails(ExitCode.DEVICE, 1, "mark-bad").errorTail())
        .contains("snapshot 1 is the default, which can't be bad");
  }

  @Test
  void same_update_again_before_the_reboot_changes_nothing() throws Exception {
    tiu(1, updateTo(2));
    assertThat(tiu(1, updateTo(2))).contains("snapshot 2, which the next boot tries");
    assertThat(next()).isEqualTo("2 3 times, then 1");
  }

  @Test
  void of_two_updates_before_the_reboot_the_later_one_is_tried() throws Exception {
    tiu(1, updateTo(2));
    tiu(1, updateTo(3));
    assertThat(next()).isEqualTo("3 3 times, then 1");
    assertThat(state(2)).isEqualTo("staged");
  }

  @Test
  void edits_between_update_and_reboot_come_into_the_etc_that_is_tried() throws Exception {
    tiu(1, updateTo(2));
    Files.writeString(etc(1).resolve("edited"), "before shutdown");
    Files.createDirectories(etc(1).resolve("tiu/cmdline.d"));
    Files.writeString(etc(1).resolve("tiu/cmdline.d/90-kargs.conf"), "late=1\n");
    assertThat(tiu(1, "etc", "finish")).contains("/etc of snapshot 2 was merged again");
    assertThat(etc(2).resolve("edited")).hasContent("before shutdown");
    assertThat(Files.readString(boot.resolve("tiu/grub/2.cfg"))).contains("late=1");
    assertThat(next()).isEqualTo("2 3 times, then 1");

    Files.writeString(etc(1).resolve("edited"), "and a power cut");
    countTry();
    assertThat(tiu(2, "booted")).contains("Edits made after the update");
    assertThat(etc(2).resolve("edited")).hasContent("and a power cut");
  }

  @Test
  void without_trials_a_new_snapshot_is_the_loader_s_default_at_once() throws Exception {
    configure("systemd-boot", "never");
    tiu(1, updateTo(2));
    assertThat(next()).isEqualTo("2");
    assertThat(boot.resolve("loader/entries/tiu-2.conf")).exists();
    assertThat(tiu(2, "booted")).contains("Snapshot 2, the default, has booted");
    assertThat(tiu(1, "booted"))
        .contains("Snapshot 1 has booted, which isn't the default: it was chosen in the boot menu");
  }

  @Test
  void loader_that_can_not_count_says_so_and_nothing_is_tried() throws Exception {
    configure("extlinux", "always");
    Command.Result result = machine.start(1, updateTo(2)).run();
    assertThat(result.errorTail()).contains("The boot loader can't end a trial that fails");
    assertThat(result.text()).contains("Snapshot 2 is whole and waits");
    tiu(1, "rollback", "2");
    assertThat(next()).isEqualTo("2");
    assertThat(Files.readString(boot.resolve("extlinux/extlinux.conf"))).contains("tiu-2");
  }

  @Test
  void oldest_snapshots_give_up_their_boot_files_and_a_rollback_publishes_them_again()
      throws Exception {
    configure("grub", "never");
    Command.of("mount", "-o", "remount,size=3900k", "" + boot).run();
    tiu(1, updateTo(2));
    assertThat(published()).as("1 was started by something else").containsExactly(2);
    tiu(2, updateTo(3));
    tiu(3, updateTo(4));
    assertThat(published()).containsExactly(2, 3, 4);
    Object[] old = {"update", "--allow-downgrade", "--keyring", "/mnt" + samples.keyring()};
    List<Object> toFirst = new ArrayList<>(List.of(old));
    toFirst.add("--force");
    toFirst.add("/mnt" + samples.v1());
    tiu(4, toFirst.toArray());
    assertThat(published()).as("4 runs, and came from 3").containsExactly(3, 4, 5);
    assertThat(state(2)).isEqualTo("good");
    assertThat(tiu(5, "rollback", "2")).contains("Snapshot 2, version 2, is the default");
    assertThat(published()).as("5 runs, and came from 4").containsExactly(2, 4, 5);
    assertThat(next()).isEqualTo("2");
  }

  @Test
  void boot_partition_that_is_too_small_is_an_error_and_nothing_that_boots_changes()
      throws Exception {
    tiu(1, updateTo(2));
    countTry();
    tiu(2, "booted");
    tiu(2, "mark-good");
    Files.write(boot.resolve("somebody-else-s"), new byte[29 << 20]);
    String before =
        Command.of("find", "" + boot, "-type", "f", "-exec", "sha256sum", "{}", "+").run().text();
    assertThat(fails(ExitCode.BOOT, 2, updateTo(3)).errorTail())
        .contains("The boot partition has no room for the boot files of snapshot 3");
    assertThat(
            Command.of("find", "" + boot, "-type", "f", "-exec", "sha256sum", "{}", "+")
                .run()
                .text())
        .isEqualTo(before);
    assertThat(next()).isEqualTo("2");
  }

  @Test
  void boot_partition_that_turned_read_only_is_an_error_and_nothing_that_boots_changes()
      throws Exception {
    tiu(1, updateTo(2));
    tiu(1, "rollback", "2");
    Command.of("mount", "-o", "remount,ro", "" + boot).run();
    assertThat(fails(ExitCode.BOOT, 2, updateTo(3)).errorTail())
        .contains("The boot partition at /mnt" + boot + " is read-only. What boots now stays.");
    assertThat(state(3)).as("not even begun").isEqualTo("gone");
    assertThat(next()).isEqualTo("2");
    assertThat(fails(ExitCode.BOOT, 2, "rollback").errorTail())
        .contains("read-only", "What boots now stays.");
    assertThat(next()).isEqualTo("2");
    Command.of("mount", "-o", "remount,rw", "" + boot).run();
    tiu(2, updateTo(3));
    assertThat(next()).isEqualTo("3 3 times, then 2");
  }

  @Test
  void removed_snapshots_leave_the_menu_first() throws Exception {
    configure("grub", "never");
    for (int version = 2; version <= 4; version++) {
      tiu(version - 1, updateTo(version));
    }
    tiu(4, "gc", "--keep", "1");
    assertThat(published()).as("4 runs, and came from 3").containsExactly(3, 4);
    assertThat(boot.resolve("tiu/grub/2.cfg")).doesNotExist();
  }

  @Test
  void disk_that_does_not_run_needs_its_boot_partition_named() throws Exception {
    configure("grub", "never");
    tiu(1, updateTo(2));
    Object[] update = {"update", "--sysroot", top(), "--keyring", samples.keyring(), bundle(3)};
    Tiu.Outcome without = TIU.run(update);
    assertThat(without.code()).isEqualTo(ExitCode.BOOT);
    assertThat(without.err()).contains("This disk is started by grub", "--boot-dir");
    assertThat(TIU.run("rollback", "--sysroot", top(), "--boot-dir", boot).orFail().out())
        .contains("Snapshot 1, version 1, is the default");
    assertThat(next()).isEqualTo("1");
  }

  @Test
  void image_without_a_kernel_is_refused_where_a_loader_starts_one() throws Exception {
    Command.Result failed =
        fails(
            ExitCode.BOOT,
            1,
            "update",
            "--keyring",
            "/mnt" + samples.keyring(),
            "/mnt" + samples.v2());
    assertThat(failed.errorTail()).contains("The image has no kernel with its modules");
    assertThat(defaultSubvolume()).isEqualTo(1);
  }
}
