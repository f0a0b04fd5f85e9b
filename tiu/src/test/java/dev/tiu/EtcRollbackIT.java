package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What becomes of edits in /etc between an update and a reboot, and on the way back. */
final class EtcRollbackIT extends OnInstalledDevice {
  private void update() {
    run("update", samples.v2()).orFail();
  }

  private static boolean isReadOnly(Path subvolume) throws IOException {
    return Command.of("btrfs", "property", "get", subvolume.toString(), "ro")
        .run()
        .text()
        .contains("ro=true");
  }

  @Test
  void case_47_edit_after_the_update_is_in_the_new_etc_before_the_reboot() throws IOException {
    Files.writeString(etc(1).resolve("first"), "before\n");
    update();
    Files.writeString(etc(1).resolve("motd"), "mine\n");
    Files.writeString(etc(1).resolve("second"), "after\n");
    Files.delete(etc(1).resolve("first"));

    assertThat(run("etc", "finish").orFail().out()).contains("merged again");

    assertThat(etc(2).resolve("motd")).hasContent("mine");
    assertThat(etc(2).resolve("motd.tiu-new")).hasContent("two");
    assertThat(etc(2).resolve("hosts")).hasContent("two");
    assertThat(etc(2).resolve("second")).hasContent("after");
    assertThat(etc(2).resolve("first")).doesNotExist();
    assertThat(isReadOnly(place(2).resolve("snapshot"))).isTrue();
    assertThat(run("status").orFail().out()).contains("Conflict   /etc/motd");
    assertThat(run("etc", "finish").orFail().out()).contains("Nothing in /etc was edited");
  }

  @Test
  void case_47_edit_before_a_power_cut_is_brought_into_the_etc_that_is_in_use() throws IOException {
    update();
    Files.writeString(etc(1).resolve("second"), "after\n");
    Files.writeString(etc(1).resolve("hostname"), "renamed\n");
    // As the first boot of the new system does, before anybody asks.
    Files.writeString(etc(2).resolve("used"), "in use\n");

    JsonNode json = run("etc", "finish", "--json").orFail().json();

    assertThat(json.path("outcome").asText()).isEqualTo("caught-up");
    assertThat(etc(2).resolve("second")).hasContent("after");
    assertThat(etc(2).resolve("hostname")).hasContent("renamed");
    assertThat(etc(2).resolve("used")).hasContent("in use");
    assertThat(etc(2).resolve("hosts")).hasContent("two");
  }

  /** btrfs counts a write into a file as a change when it is written out. */
  @Test
  void case_47_edit_that_isnt_on_the_disk_yet_is_none_too_late() throws IOException {
    update();
    Files.writeString(etc(1).resolve("issue"), "appended\n", StandardOpenOption.APPEND);

    assertThat(run("etc", "finish").orFail().out()).contains("merged again");

    assertThat(etc(2).resolve("issue")).hasContent("one\nappended");
    Files.writeString(etc(1).resolve("conf.d/a.conf"), "again\n", StandardOpenOption.APPEND);
    Files.writeString(etc(2).resolve("new.conf"), "there\n", StandardOpenOption.APPEND);
    run("etc", "finish").orFail();
    assertThat(etc(2).resolve("conf.d/a.conf")).hasContent("conf\nagain");
    assertThat(etc(2).resolve("new.conf")).hasContent("new\nthere");
  }

  @Test
  void case_50_files_that_come_change_and_vanish_meanwhile_are_no_obstacle() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; !over.get(); i++) {
                try {
                  Files.writeString(etc(1).resolve("motd"), "edit " + i + "\n");
                  Files.writeString(etc(1).resolve("coming-" + i % 20), "here\n");
                  Files.deleteIfExists(etc(1).resolve("coming-" + (i + 7) % 20));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }
            });
    writer.start();
    try {
      update();
    } finally {
      over.set(true);
      writer.join();
    }
    run("etc", "finish").orFail();
    for (String name : List.of("motd", "coming-1", "coming-12")) {
      assertThat(Files.exists(etc(2).resolve(name))).isEqualTo(Files.exists(etc(1).resolve(name)));
    }
    assertThat(etc(2).resolve("motd")).hasSameTextualContentAs(etc(1).resolve("motd"));
    assertThat(etc(2).resolve("hosts")).hasContent("two");
  }

  @Test
  void snapshot_whose_etc_was_merged_again_still_is_as_sealed() throws IOException {
    update();
    Files.writeString(etc(1).resolve("second"), "after\n");
    run("etc", "finish").orFail();
    Tiu.Outcome next = run("update", "--force", samples.v2()).orFail();
    assertThat(next.out() + next.err()).doesNotContain("put right");
  }

  @Test
  void case_48_secret_rotated_on_the_new_snapshot_goes_back_with_a_rollback() throws IOException {
    Files.createDirectory(etc(1).resolve("ssh"));
    Files.writeString(etc(1).resolve("ssh/ssh_host_rsa_key"), "first\n");
    Files.writeString(etc(1).resolve("shadow"), "root:old:100:::::: \n");
    update();
    Files.writeString(etc(2).resolve("ssh/ssh_host_rsa_key"), "rotated\n");
    Files.writeString(etc(2).resolve("shadow"), "root:new:200:::::: \n");
    Files.writeString(etc(2).resolve("motd"), "only here\n");

    Tiu.Outcome outcome = run("rollback").orFail();

    assertThat(outcome.err()).contains("/etc/ssh/ssh_host_rsa_key").contains("/etc/shadow");
    assertThat(etc(1).resolve("ssh/ssh_host_rsa_key")).hasContent("rotated");
    assertThat(etc(1).resolve("shadow")).hasContent("root:new:200:::::: ");
    assertThat(etc(1).resolve("motd")).hasContent("one");
  }

  @Test
  void rollback_that_keeps_etc_merges_todays_edits_with_the_old_image() throws IOException {
    update();
    Files.writeString(etc(2).resolve("today"), "today\n");
    Files.writeString(etc(1).resolve("left"), "left there\n");

    run("rollback", "--keep-etc").orFail();

    assertThat(etc(1).resolve("today")).hasContent("today");
    assertThat(etc(1).resolve("hosts")).as("of the old image").hasContent("one");
    assertThat(etc(1).resolve("left")).doesNotExist();
    assertThat(place(1).resolve("etc-before/left")).hasContent("left there");
    assertThat(isReadOnly(place(1).resolve("snapshot"))).isTrue();
  }

  @Test
  void replacement_that_was_killed_is_put_in_order_by_the_next_command() throws IOException {
    update();
    Path root = place(2).resolve("snapshot");
    Files.createDirectory(place(2).resolve(".tiu-etc"));
    Command.of("btrfs", "subvolume", "snapshot", etc(1).toString(), place(2) + "/.tiu-etc/etc")
        .run();
    Command.of("btrfs", "property", "set", root.toString(), "ro", "false").run();

    run("gc").orFail();

    assertThat(place(2).resolve(".tiu-etc")).doesNotExist();
    assertThat(isReadOnly(root)).isTrue();
    assertThat(etc(2).resolve("hosts")).hasContent("two");
  }

  @Test
  void case_48_secret_whose_directory_is_a_link_there_is_left_and_the_rollback_goes_on()
      throws IOException {
    update();
    Files.createDirectory(etc(1).resolve("keys"));
    Files.createSymbolicLink(etc(1).resolve("ssh"), Path.of("keys"));
    Files.createDirectory(etc(2).resolve("ssh"));
    Files.writeString(etc(2).resolve("ssh/ssh_host_rsa_key"), "rotated\n");

    assertThat(run("rollback").orFail().err()).contains("/etc/ssh/ssh_host_rsa_key doesn't go");

    assertThat(etc(1).resolve("keys")).isEmptyDirectory();
    assertThat(run("list").orFail().out()).isNotEmpty();
  }

  /** A snapshot of /etc would have an empty directory there. */
  private void makeSubvolume(int number) throws IOException {
    Command.of("btrfs", "subvolume", "create", etc(number).resolve("sv").toString()).run();
    Files.writeString(etc(number).resolve("sv/x"), "x\n");
  }

  private void assertRefused(int number, Object... arguments) throws IOException {
    Tiu.Outcome outcome = run(arguments);
    assertThat(outcome.code()).isEqualTo(ExitCode.DEVICE);
    assertThat(outcome.err())
        .contains(
            "@/.snapshots/%d/snapshot/etc/sv is a subvolume of its own".formatted(number),
            "Nothing was changed; make it a plain directory");
    assertThat(etc(number).resolve("sv/x")).hasContent("x");
  }

  @Test
  void subvolume_that_was_made_in_either_etc_is_never_dropped_by_finish() throws IOException {
    update();
    makeSubvolume(1);
    assertRefused(1, "etc", "finish");
    assertThat(etc(2).resolve("sv")).doesNotExist();

    Command.of("btrfs", "subvolume", "delete", etc(1).resolve("sv").toString()).run();
    Files.writeString(etc(1).resolve("second"), "after\n");
    makeSubvolume(2);
    assertRefused(2, "etc", "finish");
    assertThat(etc(2).resolve("second")).doesNotExist();
  }

  @Test
  void subvolume_that_was_made_in_etc_is_never_dropped_by_a_rollback() throws IOException {
    update();
    makeSubvolume(2);
    assertRefused(2, "rollback", "1", "--keep-etc");
    assertThat(etc(1).resolve("sv")).doesNotExist();
  }

  @Test
  void case_47_edit_before_a_power_cut_is_brought_in_by_the_first_boot() throws IOException {
    Files.writeString(etc(1).resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    Files.writeString(etc(1).resolve("group"), "root:x:0:\n");
    Files.writeString(etc(1).resolve("first"), "before\n");
    update();
    Files.writeString(etc(1).resolve("second"), "after\n");
    Files.delete(etc(1).resolve("first"));
    Files.setPosixFilePermissions(
        etc(1).resolve("conf.d/a.conf"), PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        etc(1).resolve("passwd"), "ann:x:1001:1001::/:/bin/sh\n", StandardOpenOption.APPEND);
    Files.writeString(etc(1).resolve("group"), "ann:x:1001:\n", StandardOpenOption.APPEND);
    Files.writeString(etc(2).resolve("used"), "in use\n");

    String out = new RunningSystem(directory, disk()).start(2, "booted").run().text();

    assertThat(out).contains("Edits made after the update and before the reboot are in /etc");
    assertThat(etc(2).resolve("second")).hasContent("after");
    assertThat(etc(2).resolve("first")).doesNotExist();
    assertThat(etc(2).resolve("used")).hasContent("in use");
    assertThat(etc(2).resolve("hosts")).hasContent("two");
    assertThat(Files.getPosixFilePermissions(etc(2).resolve("conf.d/a.conf")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(etc(2).resolve("passwd")).content().contains("root:", "ann:x:1001:1001:");
    assertThat(etc(2).resolve("group")).content().contains("ann:x:1001:");
    assertThat(run("etc", "finish").orFail().out()).contains("Nothing in /etc was edited");
  }

  @Test
  void etc_that_cant_be_read_stops_no_other_step_of_a_boot() throws IOException {
    update();
    Files.writeString(etc(1).resolve("second"), "after\n");
    Files.move(etc(1).resolve("tiu"), etc(1).resolve("moved"));
    Files.createSymbolicLink(etc(1).resolve("tiu"), Path.of("moved"));
    Path note = place(2).resolve("tiu/takes-over-from");
    assertThat(note).exists();

    Command.Result booted =
        new RunningSystem(directory, disk())
            .start(2, "booted")
            .accepting(ExitCode.DEVICE.number())
            .run();

    assertThat(booted.exitCode()).isEqualTo(ExitCode.DEVICE.number());
    assertThat(booted.text()).contains("Snapshot 2, the default, has booted");
    assertThat(booted.errorTail()).contains("tiu", "not all that belongs to this boot");
    assertThat(note).as("/var was kept").doesNotExist();
  }
}
